internal import Crypto
import Glibc

/// Random nonces, some at a time: a system call for each costs half as much as the sealing itself. They are no secret, so it does no
/// harm that the next ones lie in memory.
struct NoncePool {
    private var bytes: [UInt8] = []

    private static let nonceBytes = 12
    /// Within 256 bytes, which getentropy(3) gives whole or not at all.
    private static let countMax = 21

    /// - Throws: when the kernel gives no randomness.
    mutating func next() throws -> AES.GCM.Nonce {
        if bytes.isEmpty {
            var fresh = [UInt8](repeating: 0, count: Self.nonceBytes * Self.countMax)
            guard getentropy(&fresh, fresh.count) == 0 else {
                throw StoreError(.io, "the kernel gives no random bytes: \(String(cString: strerror(errno)))")
            }
            bytes = fresh
        }
        let nonce = try AES.GCM.Nonce(data: bytes.suffix(Self.nonceBytes))
        bytes.removeLast(Self.nonceBytes)
        return nonce
    }
}
