import Basics
internal import Crypto
internal import Foundation

/// The hash or the code that proves something. It is not `Equatable`, and nobody else sees its bytes: it is compared by ``matches(_:)``,
/// whose time tells nothing, or not at all.
struct SecretDigest: Sendable {
    private let bytes: [UInt8]

    /// SHA-256 of a text.
    init(of text: String) { bytes = Array(SHA256.hash(data: Array(text.utf8))) }

    /// HMAC-SHA256, cut to `length` bytes. Each part is preceded by its length, so that no two lists of parts are one message.
    init(_ purpose: SigningPurpose, _ parts: [[UInt8]], key: SigningKey, length: Int) {
        var code = HMAC<SHA256>(key: key.key)
        code.update(data: Array(purpose.rawValue.utf8))
        for part in parts {
            code.update(data: withUnsafeBytes(of: UInt64(part.count).bigEndian, Array.init))
            code.update(data: part)
        }
        bytes = Array(Array(code.finalize()).prefix(length))
    }

    /// What somebody shows, in base64url.
    init?(shown text: some StringProtocol) {
        guard text.utf8.count <= 64, let bytes = Base64URL.bytes(text) else { return nil }
        self.bytes = bytes
    }

    /// 64 digits, as files have them.
    init?(hexadecimal text: String) {
        guard text.utf8.count == 64, let bytes = Hexadecimal.bytes(text) else { return nil }
        self.bytes = bytes
    }

    /// In the same time wherever they differ. The one comparison of secrets here.
    func matches(_ other: SecretDigest) -> Bool {
        guard bytes.count == other.bytes.count else { return false }
        var difference: UInt8 = 0
        for index in bytes.indices { difference |= bytes[index] ^ other.bytes[index] }
        return difference == 0
    }

    /// In base64url, to be shown back.
    var text: String { Base64URL.text(bytes) }
    /// As files have it.
    var hexadecimal: String { Hexadecimal.text(bytes) }
    /// Names the secret among others, and proves nothing: 48 bits of a hash of 256.
    var name: String { Hexadecimal.text(bytes.prefix(6)) }
}

/// What a code is for: a code of one purpose is none of another.
enum SigningPurpose: String {
    case order
    case orders = "yogi-orders"
    case session = "yogi-session"
    case form = "yogi-form"
}

/// A key of codes and cookies: 256 bits from a credential. It prints as `***`.
public struct SigningKey: Sendable, CustomStringConvertible, CustomDebugStringConvertible, CustomReflectable {
    fileprivate let key: SymmetricKey

    /// Reads 32 bytes in base64, as `openssl rand -base64 32` prints them, or in hexadecimal; space around them does not count.
    /// - Throws: ``IdentityError``, which has no byte of the text.
    public init(text: String, origin: String) throws(IdentityError) {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let bytes = text.utf8.count == 64 ? Hexadecimal.bytes(text).map { Data($0) } : Data(base64Encoded: text)
        guard let bytes, bytes.count == 32 else {
            throw IdentityError(
                "\(origin) holds no key: it must be 32 random bytes in base64, as 'openssl rand -base64 32' prints them"
            )
        }
        key = SymmetricKey(data: bytes)
    }

    private init(_ key: SymmetricKey) { self.key = key }

    /// A new one, for a gateway that was given none: what it signs ends with it.
    public static func random() -> SigningKey { SigningKey(SymmetricKey(size: .bits256)) }

    public var description: String { "***" }
    public var debugDescription: String { "***" }
    public var customMirror: Mirror { Mirror(self, children: []) }
}

/// The key that signs, and those that did until it was changed, which are still believed.
public struct SigningKeys: Sendable {
    private let current: SigningKey
    private let previous: [SigningKey]

    /// - Parameter previous: with which nothing is signed any more.
    public init(current: SigningKey, previous: [SigningKey] = []) {
        self.current = current
        self.previous = previous
    }

    func code(_ purpose: SigningPurpose, _ parts: [[UInt8]], length: Int) -> String {
        SecretDigest(purpose, parts, key: current, length: length).text
    }

    /// Whether `shown` is the code under any key. Each key is tried, whichever fits.
    func proves(_ shown: some StringProtocol, _ purpose: SigningPurpose, _ parts: [[UInt8]], length: Int) -> Bool {
        guard let shown = SecretDigest(shown: shown) else { return false }
        var fits = false
        for key in [current] + previous {
            let isOne = SecretDigest(purpose, parts, key: key, length: length).matches(shown)
            fits = fits || isOne
        }
        return fits
    }

    /// `BODY.CODE`, which everybody can read and nobody else can write.
    func signed(_ body: [UInt8], _ purpose: SigningPurpose) -> String {
        Base64URL.text(body) + "." + code(purpose, [body], length: 32)
    }

    /// The body of what ``signed(_:_:)`` made; `nil` for anything else, however little was changed.
    func body(of text: String, _ purpose: SigningPurpose, bytesMax: Int) -> [UInt8]? {
        guard text.utf8.count <= bytesMax else { return nil }
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, let body = Base64URL.bytes(parts[0]), proves(parts[1], purpose, [body], length: 32)
        else { return nil }
        return body
    }
}

/// Texts that nobody guesses.
enum RandomText {
    static func bytes(_ count: Int, using generator: inout some RandomNumberGenerator) -> [UInt8] {
        (0..<count).map { _ in UInt8.random(in: 0...255, using: &generator) }
    }

    /// 128 bits from the kernel.
    static func id() -> String {
        var kernel = SystemRandomNumberGenerator()
        return Base64URL.text(bytes(16, using: &kernel))
    }
}
