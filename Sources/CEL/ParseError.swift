/// Why a text is no expression, and where.
public struct ParseError: Error, Sendable, Hashable {
    /// What is wrong, without the place.
    public var message: String
    /// Line and column from 1 and the byte offset.
    public var place: SourcePlace

    /// The line, from 1.
    public var line: Int { place.line }
    /// The column in Unicode scalars, from 1.
    public var column: Int { place.column }
    /// The offset in bytes, from 0.
    public var offset: Int { place.offset }

    init(_ message: String, at offset: Int, in source: String) {
        self.message = message
        place = SourcePlace(offset, in: source.utf8)
    }
}

extension ParseError: CustomStringConvertible {
    public var description: String { "\(place): \(message)" }
}
