internal import Basics
internal import Crypto
internal import Foundation

/// What wraps the store's data keys: 32 random bytes that are kept beside the store and never in it.
public struct MasterKey: Sendable, CustomStringConvertible {
    let key: SymmetricKey
    /// Where it was found, for messages: `the credential 'store-key'`.
    public let origin: String
    /// Names the key and tells nothing of it: 8 bytes derived from it, in hexadecimal.
    public let fingerprint: String

    /// Reads 32 bytes in base64, as `openssl rand -base64 32` prints them, or in hexadecimal; space around them does not count.
    /// - Throws: ``StoreError`` `key`, which has no byte of the text.
    public init(text: String, origin: String) throws(StoreError) {
        guard let bytes = Self.bytes(of: text) else {
            throw StoreError(
                .key,
                "\(origin) holds no key: it must be 32 random bytes in base64, as 'openssl rand -base64 32' prints them"
            )
        }
        self.init(SymmetricKey(data: bytes), origin: origin)
    }

    private init(_ key: SymmetricKey, origin: String) {
        self.key = key
        self.origin = origin
        let name = HKDF<SHA256>.deriveKey(
            inputKeyMaterial: key, info: Data("yogiyogi master key fingerprint".utf8), outputByteCount: 8)
        fingerprint = name.withUnsafeBytes { Hexadecimal.text($0) }
    }

    /// A new one from the kernel's randomness.
    static func random(origin: String) -> MasterKey {
        MasterKey(SymmetricKey(size: .bits256), origin: origin)
    }

    /// The same key, found elsewhere.
    func found(in origin: String) -> MasterKey {
        MasterKey(key, origin: origin)
    }

    /// What ``init(text:origin:)`` reads.
    var text: String { key.withUnsafeBytes { Data($0).base64EncodedString() } }

    /// Never the key.
    public var description: String { "master key \(fingerprint) (\(origin))" }

    private static func bytes(of text: String) -> Data? {
        let text = text.trimmingCharacters(in: .whitespacesAndNewlines)
        let bytes = text.utf8.count == 64 ? Hexadecimal.bytes(text).map { Data($0) } : Data(base64Encoded: text)
        guard let bytes, bytes.count == 32 else { return nil }
        return bytes
    }
}

/// Where the master key comes from.
public struct StoreKeys: Sendable {
    /// What wraps from now on; `nil`: the key file beside the store, which is made for a store that has no key yet.
    public var current: MasterKey?
    /// What may have wrapped until now: the store is wrapped anew by the current one when it opens.
    public var previous: [MasterKey]

    /// Keys from outside the state folder, as credentials are.
    public init(current: MasterKey?, previous: [MasterKey] = []) {
        self.current = current
        self.previous = previous
    }

    /// The key file beside the store.
    public static let file = StoreKeys(current: nil)
}
