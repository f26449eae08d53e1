import CEL
import NIOHTTP1

/// The body of an answer as it was meant: without its charset and its byte order mark, and parsed once for all rules.
struct AnswerBody: Sendable {
    enum Content: Sendable {
        /// None, or blanks alone.
        case nothing
        /// - Parameter bytes: in UTF-8, without a byte order mark.
        case json(Value, bytes: [UInt8])
        /// Text that is no JSON, and why.
        case text(JSONError)
        /// Its bytes stand for nothing that we read, and why: `in the coding 'br', which was not asked for`.
        case unreadable(String)
    }

    let content: Content
    /// As text, empty where it is unreadable; ``textBytesMax`` bytes at most.
    let text: String
    /// Whether it is said to be JSON.
    let saysJSON: Bool
    /// Whether it may have been meant as JSON: it is said, or nothing is.
    let mayBeJSON: Bool

    /// Whether it is a page for people, as proxies and frameworks send: said to be one, or begun as one.
    let isPage: Bool

    /// Of `text` in `answers:`; what a rule looks for in a page stands near its beginning.
    static let textBytesMax = 1 << 16

    /// - Parameter bytes: as received, decoded from gzip and deflate already.
    init(_ bytes: [UInt8], _ headers: HTTPHeaders) {
        let type = MediaType(headers.first(name: "Content-Type") ?? "")
        saysJSON = type.name.hasSuffix("/json") || type.name.hasSuffix("+json")
        mayBeJSON = saysJSON || type.name.isEmpty
        isPage = type.name.hasSuffix("html") || bytes.first { !Self.isSpace($0) } == UInt8(ascii: "<")
        guard !bytes.isEmpty else {
            (content, text) = (.nothing, "")
            return
        }
        if let coding = Self.codingLeft(headers) {
            (content, text) = (.unreadable("in the coding '\(coding)', which was not asked for and is not read"), "")
            return
        }
        switch Charset.decoded(bytes, as: type.charset) {
        case .failure(let fault): (content, text) = (.unreadable(fault.words), "")
        case .success(let bytes):
            text = OutcomeRules.clipped(
                String(decoding: bytes.prefix(Self.textBytesMax + 4), as: UTF8.self), to: Self.textBytesMax)
            guard !bytes.allSatisfy(Self.isSpace) else {
                content = .nothing
                return
            }
            do throws(JSONError) {
                content = .json(try JSON.parse(bytes), bytes: bytes)
            } catch {
                content = .text(error)
            }
        }
    }

    /// `nil`: there is none, or it is no JSON.
    var value: Value? { if case .json(let value, _) = content { value } else { nil } }

    /// The first coding that was not taken off: gzip and deflate are, where that is the first in the list.
    private static func codingLeft(_ headers: HTTPHeaders) -> String? {
        var codings = headers[canonicalForm: "Content-Encoding"].map { $0.lowercased() }[...]
        if let first = codings.first, HTTPExchange.codings.contains(first) { codings = codings.dropFirst() }
        return codings.first { !$0.isEmpty && $0 != "identity" }.map { OutcomeRules.clipped($0, to: 64) }
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}

/// `Content-Type` (RFC 9110, section 8.3.1), as far as it matters here: both in lower case.
private struct MediaType {
    let name: String
    let charset: String?

    init(_ text: String) {
        let parts = text.lowercased().split(separator: ";", omittingEmptySubsequences: false)
        name = parts.first.map(Self.trimmed) ?? ""
        charset = parts.dropFirst().lazy.map(Self.trimmed).first { $0.hasPrefix("charset=") }
            .map { $0.dropFirst(8).filter { $0 != "\"" && $0 != "'" } }
    }

    private static func trimmed(_ text: Substring) -> String {
        String(text.drop { $0 == " " || $0 == "\t" }.reversed().drop { $0 == " " || $0 == "\t" }.reversed())
    }
}

/// How bytes are turned into UTF-8, which JSON is in (RFC 8259, 8.1).
private enum Charset {
    struct Fault: Error {
        let words: String
    }

    /// By its byte order mark, which is then left out; else by the charset.
    static func decoded(_ bytes: [UInt8], as charset: String?) -> Result<[UInt8], Fault> {
        if bytes.starts(with: [0xEF, 0xBB, 0xBF]) { return .success(Array(bytes.dropFirst(3))) }
        if bytes.starts(with: [0xFF, 0xFE, 0, 0]) || bytes.starts(with: [0, 0, 0xFE, 0xFF]) {
            return unread("utf-32")
        }
        if bytes.starts(with: [0xFE, 0xFF]) { return utf16(bytes.dropFirst(2), isBigEndian: true) }
        if bytes.starts(with: [0xFF, 0xFE]) { return utf16(bytes.dropFirst(2), isBigEndian: false) }
        switch charset {
        case nil, "", "utf-8", "utf8", "us-ascii", "ascii": return .success(bytes)
        case "utf-16be": return utf16(bytes[...], isBigEndian: true)
        case "utf-16le": return utf16(bytes[...], isBigEndian: false)
        // Without a mark it is big endian (RFC 2781, 4.3), but for the many that write the other: JSON begins with ASCII.
        case "utf-16": return utf16(bytes[...], isBigEndian: bytes.count < 2 || bytes[1] != 0)
        case let charset?:
            // All of these have ASCII in common, and most bodies that are said to be in one of them have nothing else.
            let hasASCII = charset.hasPrefix("iso-8859-") || charset.hasPrefix("windows-125") || charset == "latin1"
            return hasASCII && bytes.allSatisfy { $0 < 0x80 } ? .success(bytes) : unread(charset)
        }
    }

    private static func unread(_ charset: String) -> Result<[UInt8], Fault> {
        .failure(Fault(words: "in the charset '\(OutcomeRules.clipped(charset, to: 64))', which is not read"))
    }

    private static func utf16(_ bytes: ArraySlice<UInt8>, isBigEndian: Bool) -> Result<[UInt8], Fault> {
        var units: [UInt16] = []
        units.reserveCapacity(bytes.count / 2)
        var at = bytes.startIndex
        while at + 1 < bytes.endIndex {
            let (first, second) = (UInt16(bytes[at]), UInt16(bytes[at + 1]))
            units.append(isBigEndian ? first << 8 | second : second << 8 | first)
            at += 2
        }
        guard at == bytes.endIndex, let text = String(validating: units, as: UTF16.self) else {
            return .failure(Fault(words: "in the charset 'utf-16', which it breaks"))
        }
        return .success(Array(text.utf8))
    }
}
