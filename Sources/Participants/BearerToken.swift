import SagaCore

/// What proves to a participant who calls (RFC 6750): sent as `Authorization: Bearer …` and told to nobody else, so it prints as `***`.
public struct BearerToken: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    private let text: String

    /// The longest token; servers refuse longer headers.
    public static let bytesMax = 4_096

    /// - Parameter origin: where it was found, for the error, which has no byte of it.
    /// - Throws: with code `bad-token` for what cannot stand in a header: empty, too long, blanks, controls, not ASCII.
    public init(_ text: String, origin: String) throws(ParticipantConfigurationError) {
        guard !text.isEmpty, text.utf8.count <= Self.bytesMax, text.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw ParticipantConfigurationError(
                code: "bad-token",
                message: "\(origin) is no token: it must be one line of 1 to \(Self.bytesMax) visible ASCII characters")
        }
        self.text = text
    }

    /// The token of a callback, which a participant may repeat too.
    init(callback callbacks: Callbacks, _ call: Call) {
        text = callbacks.token(call.saga, call.name)
    }

    /// The value of a header.
    func text(behind prefix: String) -> String { prefix + text }

    /// The bytes with the token in them replaced: a participant may repeat what it was sent, and answers are kept and shown.
    func masked(in bytes: [UInt8]) -> [UInt8] {
        let needle = Array(text.utf8)
        guard bytes.count >= needle.count else { return bytes }
        let borders = Self.borders(of: needle)
        var masked: [UInt8] = []
        var (start, matched) = (0, 0)
        for (index, byte) in bytes.enumerated() {
            while matched > 0, needle[matched] != byte { matched = borders[matched - 1] }
            if needle[matched] == byte { matched += 1 }
            guard matched == needle.count else { continue }
            masked += bytes[start...index].dropLast(needle.count)
            masked += Self.mask.utf8
            (start, matched) = (index + 1, 0)
        }
        return start == 0 ? bytes : masked + bytes[start...]
    }

    /// For each beginning of the needle the longest end of it that is also its beginning: where to go on after a byte that does not fit, so
    /// that no byte of an answer is looked at twice (Knuth, Morris, Pratt 1977).
    private static func borders(of needle: [UInt8]) -> [Int] {
        var borders = [0]
        var matched = 0
        for byte in needle.dropFirst() {
            while matched > 0, needle[matched] != byte { matched = borders[matched - 1] }
            if needle[matched] == byte { matched += 1 }
            borders.append(matched)
        }
        return borders
    }

    /// The text with the token in it replaced.
    func masked(in text: String) -> String {
        text.utf8.count < self.text.utf8.count ? text : String(decoding: masked(in: Array(text.utf8)), as: UTF8.self)
    }

    private static let mask = "***"

    /// `***`.
    public var description: String { Self.mask }
    /// `***`.
    public var debugDescription: String { Self.mask }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
