/// Splits Swift source into tokens: strings (also raw and of several lines), comments (also nested) and regular expressions are one
/// token each, so that what they hold is not taken for code; what is interpolated into a string is code.
struct Lexer {
    private let bytes: [UInt8]
    private var index = 0
    private var line = 1
    private var tokens: [Token] = []

    static func tokens(of source: String) -> [Token] {
        var lexer = Lexer(bytes: Array(source.utf8))
        lexer.scan(untilClosing: false)
        return lexer.tokens
    }

    private init(bytes: [UInt8]) { self.bytes = bytes }

    /// To the end, or to the parenthesis that closes an interpolation.
    private mutating func scan(untilClosing: Bool) {
        var depth = 0
        while index < bytes.count {
            let byte = bytes[index]
            switch byte {
            case UInt8(ascii: "\n"):
                line += 1
                index += 1
            case UInt8(ascii: " "), UInt8(ascii: "\t"), UInt8(ascii: "\r"): index += 1
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"): scanLineComment()
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "*"): scanBlockComment()
            case UInt8(ascii: "\""): scanString(hashes: 0)
            case UInt8(ascii: "#"): scanHash()
            case UInt8(ascii: "`"): scanBacktick()
            case UInt8(ascii: "("), UInt8(ascii: ")"):
                depth += byte == UInt8(ascii: "(") ? 1 : -1
                emit(.punctuation, length: 1)
                if untilClosing, depth == 0 { return }
            case _ where isIdentifier(byte): scanWord()
            case _ where isOperator(byte) || byte == UInt8(ascii: ".") && peek(1) == UInt8(ascii: "."):
                if !scanRegex() { scanOperator() }
            default: emit(.punctuation, length: 1)
            }
        }
    }

    private func peek(_ distance: Int) -> UInt8? {
        index + distance < bytes.count ? bytes[index + distance] : nil
    }

    private func isIdentifier(_ byte: UInt8) -> Bool {
        switch byte {
        case UInt8(ascii: "a")...UInt8(ascii: "z"), UInt8(ascii: "A")...UInt8(ascii: "Z"),
            UInt8(ascii: "0")...UInt8(ascii: "9"), UInt8(ascii: "_"), UInt8(ascii: "$"), 0x80...:
            true
        default: false
        }
    }

    private func isOperator(_ byte: UInt8) -> Bool {
        "/=-+!*%<>&|^~?".utf8.contains(byte)
    }

    private func isSpace(_ byte: UInt8?) -> Bool {
        guard let byte else { return true }
        return byte == UInt8(ascii: " ") || byte == UInt8(ascii: "\n") || byte == UInt8(ascii: "\t")
    }

    /// Adds the token of the next `length` bytes and steps behind it.
    private mutating func emit(_ kind: Token.Kind, length: Int) {
        let start = index
        let first = line
        index += length
        for byte in bytes[start..<index] where byte == UInt8(ascii: "\n") { line += 1 }
        tokens.append(
            Token(
                kind: kind, text: String(decoding: bytes[start..<index], as: UTF8.self), line: first,
                hasSpaceBefore: start == 0 || isSpace(bytes[start - 1]), hasSpaceAfter: isSpace(peek(0))))
    }

    private mutating func scanLineComment() {
        let end = bytes[index...].firstIndex(of: UInt8(ascii: "\n")) ?? bytes.count
        let isDoc = peek(2) == UInt8(ascii: "/") && peek(3) != UInt8(ascii: "/")
        emit(isDoc ? .doc : .comment, length: end - index)
    }

    private mutating func scanBlockComment() {
        let isDoc = peek(2) == UInt8(ascii: "*") && peek(3) != UInt8(ascii: "/")
        var depth = 0
        var end = index
        repeat {
            let pair = (bytes[end], end + 1 < bytes.count ? bytes[end + 1] : 0)
            if pair == (UInt8(ascii: "/"), UInt8(ascii: "*")) {
                depth += 1
                end += 2
            } else if pair == (UInt8(ascii: "*"), UInt8(ascii: "/")) {
                depth -= 1
                end += 2
            } else {
                end += 1
            }
        } while depth > 0 && end < bytes.count
        emit(isDoc ? .doc : .comment, length: min(end, bytes.count) - index)
    }

    private mutating func scanWord() {
        let end = bytes[index...].firstIndex { !isIdentifier($0) } ?? bytes.count
        let isNumber = (UInt8(ascii: "0")...UInt8(ascii: "9")).contains(bytes[index])
        emit(isNumber ? .number : .identifier, length: end - index)
    }

    private mutating func scanBacktick() {
        let end = bytes[(index + 1)...].firstIndex(of: UInt8(ascii: "`")) ?? bytes.count - 1
        emit(.identifier, length: end + 1 - index)
    }

    private mutating func scanOperator() {
        let dots = bytes[index] == UInt8(ascii: ".")
        let end = bytes[index...].firstIndex { !isOperator($0) && !(dots && $0 == UInt8(ascii: ".")) } ?? bytes.count
        emit(.op, length: end - index)
    }

    /// `#"raw"#`, `#/regex/#`, or a directive such as `#expect`.
    private mutating func scanHash() {
        let hashes = bytes[index...].prefix { $0 == UInt8(ascii: "#") }.count
        switch peek(hashes) {
        case UInt8(ascii: "\""): scanString(hashes: hashes)
        case UInt8(ascii: "/"):
            let closing = [UInt8(ascii: "/")] + [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
            var end = index + hashes + 1
            while end < bytes.count, !bytes[end...].starts(with: closing) { end += 1 }
            emit(.string, length: min(end + closing.count, bytes.count) - index)
        default: emit(.punctuation, length: hashes)
        }
    }

    /// `/regex/` where an operand is expected and the slash closes on the same line.
    private mutating func scanRegex() -> Bool {
        guard bytes[index] == UInt8(ascii: "/"), !isSpace(peek(1)) else { return false }
        if let last = tokens.last(where: { $0.kind != .comment && $0.kind != .doc }), last.canEndExpression {
            return false
        }
        var end = index + 1
        while end < bytes.count, bytes[end] != UInt8(ascii: "\n") {
            if bytes[end] == UInt8(ascii: "\\") {
                end += 1
            } else if bytes[end] == UInt8(ascii: "/") {
                emit(.string, length: end + 1 - index)
                return true
            }
            end += 1
        }
        return false
    }

    /// A literal as one token for each stretch between interpolations, and these as code.
    private mutating func scanString(hashes: Int) {
        let quote = UInt8(ascii: "\"")
        let marks = [UInt8](repeating: UInt8(ascii: "#"), count: hashes)
        let isMultiline = peek(hashes) == quote && peek(hashes + 1) == quote && peek(hashes + 2) == quote
        let closing = [UInt8](repeating: quote, count: isMultiline ? 3 : 1) + marks
        let escape = [UInt8(ascii: "\\")] + marks
        var end = index + hashes + (isMultiline ? 3 : 1)
        while end < bytes.count {
            if bytes[end...].starts(with: escape) {
                end += escape.count
                guard end < bytes.count, bytes[end] == UInt8(ascii: "(") else {
                    end += 1
                    continue
                }
                emit(.string, length: end - index)
                scan(untilClosing: true)
                end = index
            } else if bytes[end...].starts(with: closing) {
                end += closing.count
                break
            } else {
                end += 1
            }
        }
        emit(.string, length: min(end, bytes.count) - index)
    }
}
