/// A text as it was before JSON escaped it, and where each of its bytes comes from: a participant that quotes a request in a message
/// writes `pass\"word` for `pass"word`, and `\u00fc` for `ü`.
struct UnescapedText {
    /// What no escape begins is as it was.
    let text: String
    private let starts: [Int32]
    private let ends: [Int32]

    /// `nil` when nothing in the text is escaped.
    init?(_ text: String) {
        self.init(text) { $0..<$1 }
    }

    /// What this was before it was escaped once more; `nil` when it was not.
    var unescaped: UnescapedText? {
        UnescapedText(text) { [starts, ends] in Int(starts[$0])..<Int(ends[$1 - 1]) }
    }

    /// Where a part of the text comes from, in bytes of the first text.
    func place(_ part: Range<Int>) -> Range<Int> {
        Int(starts[part.lowerBound])..<Int(ends[part.upperBound - 1])
    }

    private init?(_ escaped: String, from place: (_ start: Int, _ end: Int) -> Range<Int>) {
        guard escaped.utf8.contains(UInt8(ascii: "\\")) else { return nil }
        var escaped = escaped
        var bytes: [UInt8] = []
        var starts: [Int32] = []
        var ends: [Int32] = []
        let isEscaped = escaped.withUTF8 { escaped in
            bytes.reserveCapacity(escaped.count)
            var isEscaped = false
            var at = 0
            while at < escaped.count {
                let (meant, length) = Self.escape(in: escaped, at: at)
                let from = place(at, at + length)
                for byte in meant ?? [escaped[at]] {
                    bytes.append(byte)
                    starts.append(Int32(from.lowerBound))
                    ends.append(Int32(from.upperBound))
                }
                if meant != nil { isEscaped = true }
                at += length
            }
            return isEscaped
        }
        guard isEscaped else { return nil }
        text = String(decoding: bytes, as: UTF8.self)
        self.starts = starts
        self.ends = ends
    }

    /// The bytes that an escape at this place means, and how long it is; `nil` and 1 where none begins.
    private static func escape(in text: UnsafeBufferPointer<UInt8>, at: Int) -> (meant: [UInt8]?, length: Int) {
        guard text[at] == UInt8(ascii: "\\"), at + 1 < text.count else { return (nil, 1) }
        switch text[at + 1] {
        case UInt8(ascii: "\""), UInt8(ascii: "\\"), UInt8(ascii: "/"): return ([text[at + 1]], 2)
        case UInt8(ascii: "b"): return ([0x08], 2)
        case UInt8(ascii: "f"): return ([0x0C], 2)
        case UInt8(ascii: "n"): return ([0x0A], 2)
        case UInt8(ascii: "r"): return ([0x0D], 2)
        case UInt8(ascii: "t"): return ([0x09], 2)
        case UInt8(ascii: "u"):
            guard let unit = unit(in: text, at: at) else { return (nil, 1) }
            if let scalar = Unicode.Scalar(unit) { return (Array(String(Character(scalar)).utf8), 6) }
            guard let low = self.unit(in: text, at: at + 6) else { return (nil, 1) }
            let pair = String(decoding: [unit, low], as: UTF16.self)
            // Half a pair is no character, and stays as it is written.
            return pair.unicodeScalars.count == 1 ? (Array(pair.utf8), 12) : (nil, 1)
        default: return (nil, 1)
        }
    }

    /// The number of `\uXXXX`.
    private static func unit(in text: UnsafeBufferPointer<UInt8>, at: Int) -> UInt16? {
        guard at + 6 <= text.count, text[at] == UInt8(ascii: "\\"), text[at + 1] == UInt8(ascii: "u") else {
            return nil
        }
        let digits = text[(at + 2)..<(at + 6)]
        guard digits.allSatisfy({ Character(Unicode.Scalar($0)).isHexDigit }) else { return nil }
        return UInt16(String(decoding: digits, as: UTF8.self), radix: 16)
    }
}
