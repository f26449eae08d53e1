internal import Basics
internal import Crypto
internal import Foundation
public import SagaCore

/// Tokens by which participants bring the answers to calls: who has one may answer that call, and no other.
///
///     base64url( saga, 16 bytes   number and direction, LEB128   HMAC-SHA256 of what stands before, 32 bytes )
///
/// Nothing of it is kept for a saga: the secret stands beside the data key, and goes with it from key to key.
public struct CallTokens: Sendable {
    private let secret: SymmetricKey

    /// More letters than any token has.
    public static let lettersMax = 96

    init(secret: SymmetricKey) {
        self.secret = secret
    }

    /// The token of a call: the same for every attempt, in every life of the store.
    public func token(of saga: SagaID, _ call: CallName) -> String {
        var bytes: [UInt8] = []
        bytes.append(number: Int64(bitPattern: saga.high))
        bytes.append(number: Int64(bitPattern: saga.low))
        var rest = UInt64(max(0, call.number)) << 1 | UInt64(call.direction.rawValue)
        while rest >= 0x80 {
            bytes.append(UInt8(truncatingIfNeeded: rest) | 0x80)
            rest >>= 7
        }
        bytes.append(UInt8(rest))
        return Base64URL.text(bytes + HMAC<SHA256>.authenticationCode(for: bytes, using: secret))
    }

    /// The call that a token names; `nil` for a text that this store has not made. Takes the same time wherever it is wrong.
    public func call(in token: String) -> (saga: SagaID, name: CallName)? {
        guard token.utf8.count <= Self.lettersMax, let bytes = Base64URL.bytes(token), bytes.count > 48 else {
            return nil
        }
        let (named, code) = (bytes.dropLast(32), bytes.suffix(32))
        guard HMAC<SHA256>.isValidAuthenticationCode(code, authenticating: named, using: secret),
            let (number, rest) = KeyRing.number(in: Data(named.dropFirst(16))), rest.isEmpty, number >= 0
        else { return nil }
        func word(_ from: Int) -> UInt64 { named[from..<from + 8].reduce(0) { $0 << 8 | UInt64($1) } }
        let direction: Direction = number & 1 == 0 ? .forward : .compensation
        return (
            SagaID(high: word(0), low: word(8)), CallName(number: Int(number >> 1), direction: direction)
        )
    }
}

extension SagaStore {
    /// The tokens of this store's calls.
    public var callTokens: CallTokens { CallTokens(secret: keys.ring.tokens) }
}
