import ControlAPI

/// A path, matched against the table of routes.
struct RouteMatch {
    let route: Route
    let arguments: [String]

    /// Each segment is decoded before it is matched, and after the path was split: a `%2F` is a part of a name.
    /// - Throws: ``WireProblem`` 400 for what cannot be decoded.
    init?(path: String) throws(WireProblem) {
        var segments: [String] = []
        for segment in path.split(separator: "/", omittingEmptySubsequences: true) {
            segments.append(try String(decodingPercents: segment, in: "path"))
        }
        guard let match = Route.match(segments) else { return nil }
        (route, arguments) = match
    }
}

extension String {
    /// A part of a request's target, percent-decoded (RFC 3986, section 2.1).
    ///
    /// - Parameter place: what it is a part of, for the words.
    /// - Throws: ``WireProblem`` 400 for an escape without two hexadecimal digits, and for bytes that are no UTF-8.
    init(decodingPercents text: some StringProtocol, in place: String) throws(WireProblem) {
        // Ids and most names have nothing to decode.
        guard text.utf8.contains(UInt8(ascii: "%")) else {
            self.init(text)
            return
        }
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            guard byte == UInt8(ascii: "%") else {
                bytes.append(byte)
                continue
            }
            let digits = rest.prefix(2)
            guard digits.count == 2, digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }),
                let decoded = UInt8(String(decoding: digits, as: UTF8.self), radix: 16)
            else {
                throw .badRequest(
                    "the \(place) has a '%' without two hexadecimal digits behind it in '\(Self.clipped(text))'; "
                        + "a percent sign itself is %25")
            }
            bytes.append(decoded)
            rest = rest.dropFirst(2)
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw .badRequest("the \(place) is no UTF-8 where it is percent-decoded: '\(Self.clipped(text))'")
        }
        self = decoded
    }

    private static func clipped(_ text: some StringProtocol) -> String {
        text.utf8.count <= 100 ? String(text) : text.prefix(100) + "…"
    }
}
