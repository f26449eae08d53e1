/// Cuts a source into tokens (cel-spec, "Syntax").
struct Lexer {
    let source: String
    let bytes: [UInt8]
    var at = 0

    init(_ source: String) {
        self.source = source
        bytes = Array(source.utf8)
    }

    static func tokens(_ source: String) throws(ParseError) -> [Token] {
        var lexer = Lexer(source)
        var tokens: [Token] = []
        repeat {
            tokens.append(try lexer.next())
        } while tokens.last?.content != .end
        return tokens
    }

    /// The byte so many places ahead, or 0 past the end.
    func peek(_ ahead: Int = 0) -> UInt8 { at + ahead < bytes.count ? bytes[at + ahead] : 0 }

    func failure(_ message: String, at offset: Int) -> ParseError { ParseError(message, at: offset, in: source) }

    func text(_ range: Range<Int>) -> String { String(decoding: bytes[range], as: UTF8.self) }

    private mutating func next() throws(ParseError) -> Token {
        skipSpace()
        let start = at
        guard at < bytes.count else { return Token(content: .end, start: start, end: start) }
        let content = try content()
        return Token(content: content, start: start, end: at)
    }

    private mutating func content() throws(ParseError) -> Token.Content {
        let byte = peek()
        if Self.isDigit(byte) || (byte == UInt8(ascii: ".") && Self.isDigit(peek(1))) { return try number() }
        if let prefix = stringPrefix() { return try stringLiteral(prefix) }
        if Self.beginsName(byte) { return name() }
        if byte == UInt8(ascii: "`") { return try quotedName() }
        return .symbol(try symbol())
    }

    private mutating func skipSpace() {
        while at < bytes.count {
            switch peek() {
            case 0x20, 0x09, 0x0A, 0x0C, 0x0D: at += 1
            case UInt8(ascii: "/") where peek(1) == UInt8(ascii: "/"):
                while at < bytes.count, peek() != UInt8(ascii: "\n") { at += 1 }
            default: return
            }
        }
    }

    private mutating func name() -> Token.Content {
        let start = at
        while Self.beginsName(peek()) || Self.isDigit(peek()) { at += 1 }
        let name = text(start..<at)
        return switch name {
        case "true": .literal(.bool(true))
        case "false": .literal(.bool(false))
        case "null": .literal(.null)
        case "in": .in
        default: .identifier(name)
        }
    }

    private mutating func quotedName() throws(ParseError) -> Token.Content {
        let start = at
        at += 1
        while Self.beginsName(peek()) || Self.isDigit(peek()) || [0x2E, 0x2D, 0x2F, 0x20].contains(peek()) { at += 1 }
        guard peek() == UInt8(ascii: "`"), at > start + 1 else {
            throw failure("a name in backticks holds letters, digits, '_', '.', '-', '/' and spaces, and ends with a backtick", at: start)
        }
        at += 1
        return .quotedName(text(start + 1..<at - 1))
    }

    private mutating func symbol() throws(ParseError) -> Symbol {
        for length in [2, 1] where at + length <= bytes.count {
            // Two bytes first, so that `<=` is not `<`; a cut character decodes to no symbol.
            if let symbol = Symbol(rawValue: text(at..<at + length)) {
                at += length
                return symbol
            }
        }
        switch peek() {
        case UInt8(ascii: "="): throw failure("unexpected '='; equality is '=='", at: at)
        case UInt8(ascii: "&"), UInt8(ascii: "|"): throw failure("the logical operators are '&&' and '||'", at: at)
        default: throw failure("unexpected character \(character().quoted)", at: at)
        }
    }

    /// The whole character at `at`, for a message.
    private func character() -> String {
        var end = at + 1
        while end < bytes.count, bytes[end] & 0xC0 == 0x80 { end += 1 }
        return text(at..<end)
    }

    static func isDigit(_ byte: UInt8) -> Bool { (0x30...0x39).contains(byte) }

    static func beginsName(_ byte: UInt8) -> Bool {
        byte == UInt8(ascii: "_") || (0x41...0x5A).contains(byte) || (0x61...0x7A).contains(byte)
    }
}

extension Lexer {
    /// `INT_LIT`, `UINT_LIT` and `FLOAT_LIT`, without a sign.
    private mutating func number() throws(ParseError) -> Token.Content {
        let start = at
        if peek() == UInt8(ascii: "0"), peek(1) | 0x20 == UInt8(ascii: "x"), hexadecimalDigit(peek(2)) != nil {
            at += 2
            while hexadecimalDigit(peek()) != nil { at += 1 }
            return try whole(text(start + 2..<at), radix: 16, from: start)
        }
        while Self.isDigit(peek()) { at += 1 }
        var isDouble = false
        if peek() == UInt8(ascii: "."), Self.isDigit(peek(1)) {
            isDouble = true
            at += 1
            while Self.isDigit(peek()) { at += 1 }
        }
        let sign = peek(1) == UInt8(ascii: "+") || peek(1) == UInt8(ascii: "-") ? 1 : 0
        if peek() | 0x20 == UInt8(ascii: "e"), Self.isDigit(peek(1 + sign)) {
            isDouble = true
            at += 1 + sign
            while Self.isDigit(peek()) { at += 1 }
        }
        let digits = text(start..<at)
        guard isDouble else { return try whole(digits, radix: 10, from: start) }
        guard let value = Double(digits), value.isFinite else { throw failure("the double is out of range", at: start) }
        return .literal(.double(value))
    }

    private mutating func whole(_ digits: String, radix: Int, from start: Int) throws(ParseError) -> Token.Content {
        let isUnsigned = peek() | 0x20 == UInt8(ascii: "u")
        if isUnsigned { at += 1 }
        guard let value = UInt64(digits, radix: radix) else { throw failure("the number does not fit 64 bits", at: start) }
        return isUnsigned ? .literal(.uint(value)) : .integer(value)
    }
}
