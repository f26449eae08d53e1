/// Escapes of URLs (RFC 3986, section 2).
package enum PercentEncoding {
    /// Letters, digits and `-._~`.
    package static func isUnreserved(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"):
            true
        default: "-._~".utf8.contains(byte)
        }
    }

    /// All but the unreserved is escaped: safe in a segment and in a query.
    package static func encoded(_ text: String) -> String {
        var bytes: [UInt8] = []
        for byte in text.utf8 { if isUnreserved(byte) { bytes.append(byte) } else { bytes += escape(byte) } }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// `%2F`.
    package static func escape(_ byte: UInt8) -> [UInt8] {
        [UInt8(ascii: "%"), Hexadecimal.digit(byte >> 4, "A"), Hexadecimal.digit(byte & 15, "A")]
    }

    /// Whether the bytes begin with the two digits of an escape.
    package static func isEscape(_ bytes: ArraySlice<UInt8>) -> Bool {
        bytes.count >= 2 && bytes.prefix(2).allSatisfy { Hexadecimal.value(of: $0) != nil }
    }
}
