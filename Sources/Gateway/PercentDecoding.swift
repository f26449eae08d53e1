import Basics
import ControlAPI

/// What the escapes of a target and of a form stand for (RFC 3986, section 2.1; the URL standard's form encoding).
enum PercentDecoding {
    /// - Parameters:
    ///   - place: what it is a part of, for the words.
    ///   - plusIsSpace: as forms have it.
    /// - Throws: ``WireProblem`` 400 for an escape without two digits, and for bytes that are no UTF-8.
    static func text(_ text: some StringProtocol, in place: String, plusIsSpace: Bool = false) throws -> String {
        var bytes: [UInt8] = []
        var rest = Array(text.utf8)[...]
        while let byte = rest.popFirst() {
            if byte == UInt8(ascii: "+"), plusIsSpace {
                bytes.append(UInt8(ascii: " "))
            } else if byte == UInt8(ascii: "%") {
                guard PercentEncoding.isEscape(rest),
                    let decoded = UInt8(String(decoding: rest.prefix(2), as: UTF8.self), radix: 16)
                else {
                    throw WireProblem.badRequest(
                        "the \(place) has a '%' without two hexadecimal digits behind it; a percent sign itself is %25")
                }
                bytes.append(decoded)
                rest = rest.dropFirst(2)
            } else {
                bytes.append(byte)
            }
        }
        guard let decoded = String(validating: bytes, as: UTF8.self) else {
            throw WireProblem.badRequest("the \(place) is no UTF-8 where it is percent-decoded")
        }
        return decoded
    }

    /// `name=value&…`, in order.
    static func pairs(_ text: some StringProtocol, in place: String) throws -> [(name: String, value: String)] {
        try text.split(separator: "&").map { part in
            let sides = part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
            return (
                name: try Self.text(sides[0], in: place, plusIsSpace: true),
                value: sides.count == 2 ? try Self.text(sides[1], in: place, plusIsSpace: true) : ""
            )
        }
    }
}
