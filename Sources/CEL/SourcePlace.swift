/// A place in a text: line and column from 1, the column in Unicode scalars, and the offset in UTF-8 bytes.
public struct SourcePlace: Sendable, Hashable {
    /// From 1; only a line feed begins another.
    public let line: Int
    /// From 1, in Unicode scalars.
    public let column: Int
    /// From 0, in UTF-8 bytes; that of the end at most.
    public let offset: Int

    /// The place of a byte offset in a text; past the end is the end.
    init(_ offset: Int, in text: some Sequence<UInt8>) {
        var line = 1
        var column = 1
        var at = 0
        for byte in text {
            if at >= offset { break }
            at += 1
            if byte == UInt8(ascii: "\n") {
                line += 1
                column = 1
            } else if byte & 0xC0 != 0x80 {
                column += 1
            }
        }
        self.line = line
        self.column = column
        self.offset = at
    }
}

extension SourcePlace: CustomStringConvertible {
    public var description: String { "\(line):\(column)" }
}

extension String {
    /// The text in single quotes for a message, cut when it is long: a message must not grow with the data it is about.
    var quoted: String {
        let limit = 64
        guard utf8.count > limit else { return "'\(self)'" }
        return "'\(String(unicodeScalars.prefix(limit)))…'"
    }
}
