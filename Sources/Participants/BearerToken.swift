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

    /// The value of the `Authorization` header.
    var authorization: String { "Bearer \(text)" }

    /// The bytes with the token in them replaced: a participant may repeat what it was sent, and answers are kept and shown.
    func masked(in bytes: [UInt8]) -> [UInt8] {
        let needle = Array(text.utf8)
        guard bytes.count >= needle.count else { return bytes }
        var masked: [UInt8] = []
        var start = 0
        var index = 0
        while index + needle.count <= bytes.count {
            if bytes[index] == needle[0], bytes[index..<index + needle.count].elementsEqual(needle) {
                masked += bytes[start..<index]
                masked += Self.mask.utf8
                index += needle.count
                start = index
            } else {
                index += 1
            }
        }
        return start == 0 ? bytes : masked + bytes[start...]
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
