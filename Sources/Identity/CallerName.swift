import Basics
internal import Foundation

/// The name of a user, as tokens, proxies and issuers give it: checked once, so that it can stand in a header, a log and a page.
public struct CallerName: Sendable, Hashable, CustomStringConvertible {
    /// In UTF-8.
    public static let bytesMax = 128

    /// Composed (NFC): the same name is the same bytes, whoever wrote it.
    public let text: String

    /// - Throws: ``IdentityError`` for a name that is empty or too long, has blanks at an end, or a sign that is not seen (a control, a line
    ///   break, a mark that turns the direction of writing).
    public init(_ text: String, origin: String = "the name") throws(IdentityError) {
        guard text.utf8.count <= 4 * Self.bytesMax else { throw IdentityError(Self.tooLong(origin)) }
        let text = text.precomposedStringWithCanonicalMapping
        guard !text.isEmpty else { throw IdentityError("\(origin) is empty: give one") }
        guard text.utf8.count <= Self.bytesMax else { throw IdentityError(Self.tooLong(origin)) }
        guard text.unicodeScalars.allSatisfy(Self.isSeen), text.first != " ", text.last != " " else {
            throw IdentityError(
                "\(origin) has a sign that is not seen (a control, a line break, a blank at an end): take it out")
        }
        self.text = text
    }

    private static func tooLong(_ origin: String) -> String {
        "\(origin) is longer than \(bytesMax) bytes: give a shorter one"
    }

    private static func isSeen(_ scalar: Unicode.Scalar) -> Bool {
        switch scalar.properties.generalCategory {
        case .control, .format, .lineSeparator, .paragraphSeparator, .surrogate, .privateUse, .unassigned: false
        case .spaceSeparator: scalar == " "
        // What stands for bytes that were no UTF-8: two names would be one.
        default: scalar != "\u{FFFD}"
        }
    }

    public var description: String { text }

    private static let headerBytesMax = 123

    /// Visible ASCII for a header, 123 bytes at most: what else it has is percent-encoded, `%` and `~` too. Of a longer one there are the
    /// beginning, `~` and 12 digits that are its own.
    var headerText: String {
        let units = text.utf8.map { byte -> [UInt8] in
            let isPlain =
                PercentEncoding.isUnreserved(byte) && byte != UInt8(ascii: "~") || "@+!$&'*=".utf8.contains(byte)
            return isPlain ? [byte] : PercentEncoding.escape(byte)
        }
        var bytes = Array(units.joined())
        if bytes.count > Self.headerBytesMax {
            let ending = "~" + SecretDigest(of: text).name
            bytes = []
            for unit in units {
                guard bytes.count + unit.count + ending.utf8.count <= Self.headerBytesMax else { break }
                bytes += unit
            }
            bytes += ending.utf8
        }
        return String(decoding: bytes, as: UTF8.self)
    }

    /// One word of a line: blanks, `%`, `#` and nothing else is percent-encoded, so that a person can read it.
    var lineText: String {
        var text = ""
        for scalar in self.text.unicodeScalars {
            switch scalar {
            case " ": text += "%20"
            case "%": text += "%25"
            case "#": text += "%23"
            default: text.unicodeScalars.append(scalar)
            }
        }
        return text
    }

    /// What ``lineText`` wrote.
    init(lineText: some StringProtocol) throws(IdentityError) {
        guard let text = String(lineText).removingPercentEncoding else {
            throw IdentityError("the name has a '%' that is no escape: write it as %25")
        }
        try self.init(text)
    }
}
