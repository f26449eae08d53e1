import Basics
import Crypto
import Foundation

/// What makes the code in a guest's link, and knows it again.
///
/// A code is HMAC-SHA256 of the order, so none is kept and none can be guessed; of the id and not of the number, so that an order of
/// another life of the store, with the same number, has another code.
public struct GuestKeys: Sendable {
    private let current: SymmetricKey
    private let previous: [SymmetricKey]

    /// 32 random bytes each; by the previous ones codes are known and not made.
    public init?(current: [UInt8], previous: [[UInt8]] = []) {
        guard ([current] + previous).allSatisfy({ $0.count == Self.bytes }) else { return nil }
        self.current = SymmetricKey(data: current)
        self.previous = previous.map { SymmetricKey(data: $0) }
    }

    /// Of a key.
    public static let bytes = 32

    /// The code for the guest of an order: 43 characters that need no escape in a URL.
    func code(workflow: String, saga: String) -> String {
        Self.text(Self.code(current, workflow, saga))
    }

    /// Whether it is the order's code. Takes the same time whatever is wrong with it.
    func isCode(_ code: String, workflow: String, saga: String) -> Bool {
        let sent = Array(SHA256.hash(data: Array(code.utf8)))
        var isCode = false
        for key in [current] + previous {
            let known = Array(SHA256.hash(data: Array(Self.text(Self.code(key, workflow, saga)).utf8)))
            var difference: UInt8 = 0
            for (one, other) in zip(sent, known) { difference |= one ^ other }
            isCode = (difference == 0) || isCode
        }
        return isCode
    }

    private static func code(_ key: SymmetricKey, _ workflow: String, _ saga: String) -> [UInt8] {
        Array(HMAC<SHA256>.authenticationCode(for: Array("yogiyogi booking\0\(workflow)\0\(saga)".utf8), using: key))
    }

    /// Base64 for URLs without padding (RFC 4648, section 5).
    private static func text(_ bytes: [UInt8]) -> String {
        Data(bytes).base64EncodedString().replacing("+", with: "-").replacing("/", with: "_").replacing("=", with: "")
    }
}
