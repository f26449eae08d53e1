internal import Glibc

/// An address of IPv4 or IPv6. An IPv4 address that is written as one of IPv6 (`::ffff:192.0.2.1`) is the IPv4 address.
public struct InternetAddress: Sendable, Hashable, CustomStringConvertible {
    /// 4 or 16.
    let bytes: [UInt8]

    /// An address alone; neither a name nor a port. A scope (`%eth0`) is left out.
    public init?(_ text: some StringProtocol) {
        guard text.utf8.count <= 64 else { return nil }
        let text = String(text.split(separator: "%", maxSplits: 1, omittingEmptySubsequences: false)[0])
        var four = in_addr()
        var six = in6_addr()
        if inet_pton(AF_INET, text, &four) == 1 {
            bytes = withUnsafeBytes(of: four, Array.init)
        } else if inet_pton(AF_INET6, text, &six) == 1 {
            let all = withUnsafeBytes(of: six, Array.init)
            bytes = all.prefix(12) == Self.mapped ? Array(all.suffix(4)) : all
        } else {
            return nil
        }
    }

    private static let mapped: ArraySlice<UInt8> = [0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF]

    /// As `X-Forwarded-For` has it: also `192.0.2.1:80` and `[2001:db8::1]:443`.
    init?(forwarded text: some StringProtocol) {
        let text = RequestFacts.trimmed(text)
        if let address = InternetAddress(text) {
            self = address
            return
        }
        let host: Substring
        if text.hasPrefix("["), let end = text.firstIndex(of: "]") {
            host = text[text.index(after: text.startIndex)..<end]
            let rest = text[text.index(after: end)...]
            guard rest.isEmpty || rest.hasPrefix(":") && UInt16(rest.dropFirst()) != nil else { return nil }
        } else {
            let parts = text.split(separator: ":", omittingEmptySubsequences: false)
            guard parts.count == 2, UInt16(parts[1]) != nil else { return nil }
            host = parts[0]
        }
        guard let address = InternetAddress(host) else { return nil }
        self = address
    }

    /// Reached from this machine alone.
    public var isLoopback: Bool {
        bytes.count == 4 ? bytes[0] == 127 : bytes == Array(repeating: 0, count: 15) + [1]
    }

    /// Whom one customer of a network has: the address of IPv4, the /64 of IPv6.
    var subscriber: [UInt8] { bytes.count == 4 ? bytes : Array(bytes.prefix(8)) }

    public var description: String {
        if bytes.count == 4 { return bytes.map(String.init).joined(separator: ".") }
        var six = in6_addr()
        withUnsafeMutableBytes(of: &six) { $0.copyBytes(from: bytes) }
        var text = [CChar](repeating: 0, count: Int(INET6_ADDRSTRLEN))
        inet_ntop(AF_INET6, &six, &text, socklen_t(text.count))
        return String(decoding: text.prefix { $0 != 0 }.map { UInt8(bitPattern: $0) }, as: UTF8.self)
    }
}

/// Addresses with one beginning: `10.0.0.0/8`, or one address.
struct AddressRange: Sendable, Hashable {
    private let first: InternetAddress
    private let bits: Int

    /// `nil` when it is none, and when bits are set behind the beginning: that is more often a slip than a wish.
    init?(_ text: String) {
        let parts = text.split(separator: "/", maxSplits: 1, omittingEmptySubsequences: false)
        guard let address = InternetAddress(parts[0]) else { return nil }
        let all = address.bytes.count * 8
        var bits = all
        if parts.count == 2 {
            guard parts[1].utf8.allSatisfy({ (0x30...0x39).contains($0) }), let number = Int(parts[1]), number <= all
            else { return nil }
            bits = number
        }
        first = address
        self.bits = bits
        guard (bits..<all).allSatisfy({ address.bytes[$0 / 8] & (0x80 >> UInt8($0 % 8)) == 0 }) else { return nil }
    }

    func contains(_ address: InternetAddress) -> Bool {
        guard address.bytes.count == first.bytes.count else { return false }
        return (0..<first.bytes.count).allSatisfy { index in
            let kept = max(0, min(8, bits - index * 8))
            let mask = kept == 0 ? 0 : UInt8(truncatingIfNeeded: 0xFF << (8 - kept))
            return address.bytes[index] & mask == first.bytes[index] & mask
        }
    }
}
