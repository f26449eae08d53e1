/// JSON in and out, by hand: bytes to `Value` and back without Foundation and without work per character.
///
/// Reading is strict RFC 8259. Writing follows protobuf's JSON mapping, with int and uint as numbers.
public enum JSON {
    /// Reads one JSON document. Whole numbers without point and exponent are int, or uint above `Int64.max`; other numbers
    /// double; objects keep their order.
    ///
    /// - Parameter depthMax: how deep arrays and objects may nest.
    /// - Throws: `JSONError` with the place, also for a duplicate key, invalid UTF-8, a lone surrogate, a number beyond
    ///   double, and a whole number beyond 64 bits: as a double it would be another number.
    public static func parse(_ bytes: [UInt8], depthMax: Int = 128) throws(JSONError) -> Value {
        try bytes.withUnsafeBufferPointer { buffer throws(JSONError) in
            var parser = JSONParser(buffer, depthMax: depthMax)
            return try parser.document()
        }
    }

    /// Reads one JSON document from a text.
    public static func parse(_ text: String, depthMax: Int = 128) throws(JSONError) -> Value {
        try parse(Array(text.utf8), depthMax: depthMax)
    }

    /// The value as compact JSON.
    public static func bytes(_ value: Value) -> [UInt8] {
        var out: [UInt8] = []
        append(value, to: &out)
        return out
    }

    /// The value as compact JSON.
    public static func string(_ value: Value) -> String {
        String(decoding: bytes(value), as: UTF8.self)
    }
}

/// Why a text is no JSON document, and where.
public struct JSONError: Error, Sendable, Hashable {
    /// What is wrong, without the place.
    public var message: String
    /// Line and column from 1 and the byte offset.
    public var place: SourcePlace
    /// The JSON pointer (RFC 6901) of a number that is well-formed and cannot be kept, which the message names too; `nil`
    /// for all else. Of each name it has 64 characters at most.
    public var pointer: String?

    /// The offset in bytes, from 0.
    public var offset: Int { place.offset }
    /// The line, from 1.
    public var line: Int { place.line }
    /// The column in Unicode scalars, from 1.
    public var column: Int { place.column }
}

extension JSONError {
    private static let stepMax = 64

    /// The same, from one level further up.
    func inside(_ step: String) -> JSONError {
        guard let pointer else { return self }
        var text = "/"
        for scalar in step.unicodeScalars.prefix(Self.stepMax) {
            switch scalar {
            case "~": text += "~0"
            case "/": text += "~1"
            default: text.unicodeScalars.append(scalar)
            }
        }
        var error = self
        error.pointer = text + pointer
        return error
    }

    /// With the pointer in its words, once that is whole.
    var named: JSONError {
        guard let pointer, !pointer.isEmpty else { return self }
        var error = self
        error.message += ", at '\(pointer)'"
        return error
    }
}

extension JSONError: CustomStringConvertible {
    public var description: String { "\(place): \(message)" }
}
