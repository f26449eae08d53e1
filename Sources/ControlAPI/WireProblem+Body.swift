package import CEL

/// What may be wrong with a body whatever it is for.
extension WireProblem {
    /// It is no JSON, or it has a number that could only be kept as another one.
    package init(body error: JSONError) {
        if let pointer = error.pointer {
            let fault = MapValue([("pointer", .string(pointer)), ("message", .string(error.message))])
            self.init(
                "unfit-number", status: 422, title: "Unfit number",
                detail: "the body has a number that cannot be kept as it is, at line \(error.line), "
                    + "column \(error.column): \(error.message)",
                extensions: MapValue([("faults", .list([.map(fault)]))]))
        } else {
            self.init(
                "malformed-json", status: 400, title: "Malformed JSON",
                detail: "the body is no JSON at line \(error.line), column \(error.column): \(error.message)",
                extensions: MapValue([
                    ("offset", .int(Int64(error.offset))), ("line", .int(Int64(error.line))),
                    ("column", .int(Int64(error.column))),
                ]))
        }
    }

    /// It has more bytes than one may have.
    package static func bodyTooLarge(_ max: Int) -> WireProblem {
        WireProblem(
            "body-too-large", status: 413, title: "Body too large",
            detail: "a request body may have \(max) bytes at most",
            extensions: MapValue([("bodyBytesMax", .int(Int64(max)))]))
    }
}
