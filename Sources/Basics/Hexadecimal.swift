/// Bytes as digits.
package enum Hexadecimal {
    /// Lower-case, two digits a byte.
    package static func text(_ bytes: some Sequence<UInt8>) -> String {
        var text: [UInt8] = []
        for byte in bytes {
            text.append(digit(byte >> 4, "a"))
            text.append(digit(byte & 15, "a"))
        }
        return String(decoding: text, as: UTF8.self)
    }

    /// Two digits of either case a byte; `nil` for an odd count, and for anything else.
    package static func bytes(_ text: String) -> [UInt8]? {
        let digits = text.utf8.map(value(of:))
        guard digits.count.isMultiple(of: 2) else { return nil }
        var bytes: [UInt8] = []
        for at in stride(from: 0, to: digits.count, by: 2) {
            guard let high = digits[at], let low = digits[at + 1] else { return nil }
            bytes.append(high << 4 | low)
        }
        return bytes
    }

    /// What a digit stands for; `nil` for a byte that is none.
    package static func value(of byte: UInt8) -> UInt8? {
        switch byte {
        case UInt8(ascii: "0")...UInt8(ascii: "9"): byte - UInt8(ascii: "0")
        case UInt8(ascii: "a")...UInt8(ascii: "f"): byte - UInt8(ascii: "a") + 10
        case UInt8(ascii: "A")...UInt8(ascii: "F"): byte - UInt8(ascii: "A") + 10
        default: nil
        }
    }

    /// - Parameter ten: the letter for 10, of the case that is wanted.
    static func digit(_ value: UInt8, _ ten: Unicode.Scalar) -> UInt8 {
        value < 10 ? UInt8(ascii: "0") + value : UInt8(ascii: ten) + value - 10
    }
}
