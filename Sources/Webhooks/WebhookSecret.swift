import Crypto
import Foundation

/// What proves to a receiver who tells it (Standard Webhooks): told to nobody, so it prints as `***`.
public struct WebhookSecret: Sendable, Hashable, CustomStringConvertible, CustomDebugStringConvertible,
    CustomReflectable
{
    /// Why a text is no secret; it has no byte of it.
    public struct Unfit: Error, Sendable, Hashable, CustomStringConvertible {
        /// What is wrong, where, and what would be right.
        public var message: String

        public var description: String { message }
    }

    private let key: [UInt8]

    /// What the specification asks for, and more than anybody needs of raw bytes.
    private static let bytes = 24...64
    private static let rawMax = 1_024

    /// - Parameters:
    ///   - text: `whsec_` and base64 of 24 to 64 bytes, or the secret itself in 24 characters or more.
    ///   - origin: where it was found, for the error.
    /// - Throws: ``Unfit``.
    public init(_ text: String, origin: String) throws(Unfit) {
        let prefix = "whsec_"
        if text.hasPrefix(prefix) {
            guard let data = Data(base64Encoded: String(text.dropFirst(prefix.count))), Self.bytes.contains(data.count)
            else {
                throw Unfit(
                    message: "\(origin) is no secret: behind 'whsec_' it must be base64 of \(Self.bytes.lowerBound) to "
                        + "\(Self.bytes.upperBound) bytes, as of: head -c 32 /dev/urandom | base64")
            }
            key = Array(data)
        } else {
            guard (Self.bytes.lowerBound...Self.rawMax).contains(text.utf8.count) else {
                throw Unfit(
                    message: "\(origin) is no secret: it must be 'whsec_' and base64, or \(Self.bytes.lowerBound) to "
                        + "\(Self.rawMax) bytes of text")
            }
            key = Array(text.utf8)
        }
    }

    /// The header `webhook-signature`: HMAC-SHA256 over `id.timestamp.body`.
    func signature(id: String, timestamp: Int64, body: [UInt8]) -> String {
        var code = HMAC<SHA256>(key: SymmetricKey(data: key))
        code.update(data: Data("\(id).\(timestamp).".utf8))
        code.update(data: body)
        return "v1,\(Data(code.finalize()).base64EncodedString())"
    }

    /// `***`.
    public var description: String { "***" }
    /// `***`.
    public var debugDescription: String { "***" }
    /// Nothing.
    public var customMirror: Mirror { Mirror(self, children: []) }
}
