/// What stands before the first quote, and the quote itself.
struct StringPrefix {
    var isRaw = false
    var isBytes = false
    var quote: UInt8
    var isTriple: Bool
    /// Bytes up to and with the opening quotes.
    var length: Int
}

extension Lexer {
    /// `r`, `b` and `br` in either case before a quote, as `BYTES_LIT ::= [bB] STRING_LIT` has it.
    func stringPrefix() -> StringPrefix? {
        var prefix = StringPrefix(quote: 0, isTriple: false, length: 0)
        if peek() | 0x20 == UInt8(ascii: "b") {
            prefix.isBytes = true
            prefix.length = 1
        }
        if peek(prefix.length) | 0x20 == UInt8(ascii: "r") {
            prefix.isRaw = true
            prefix.length += 1
        }
        prefix.quote = peek(prefix.length)
        guard prefix.quote == UInt8(ascii: "'") || prefix.quote == UInt8(ascii: "\"") else { return nil }
        prefix.isTriple = peek(prefix.length + 1) == prefix.quote && peek(prefix.length + 2) == prefix.quote
        prefix.length += prefix.isTriple ? 3 : 1
        return prefix
    }

    mutating func stringLiteral(_ prefix: StringPrefix) throws(ParseError) -> Token.Content {
        let start = at
        at += prefix.length
        var out: [UInt8] = []
        while !closes(prefix) {
            guard at < bytes.count else { throw failure("the string that begins here has no end", at: start) }
            let byte = peek()
            switch byte {
            case UInt8(ascii: "\n"), UInt8(ascii: "\r"):
                guard prefix.isTriple else { throw failure("a line break in a string needs three quotes or \\n", at: at) }
                // Line breaks are normalised to \n, so that a file means the same wherever it was written.
                if byte == UInt8(ascii: "\r"), peek(1) == UInt8(ascii: "\n") { at += 1 }
                out.append(UInt8(ascii: "\n"))
                at += 1
            case UInt8(ascii: "\\"):
                if prefix.isRaw {
                    out.append(byte)
                    at += 1
                } else {
                    try escape(isBytes: prefix.isBytes, into: &out)
                }
            default:
                out.append(byte)
                at += 1
            }
        }
        at += prefix.isTriple ? 3 : 1
        return .literal(prefix.isBytes ? .bytes(out) : .string(String(decoding: out, as: UTF8.self)))
    }

    private func closes(_ prefix: StringPrefix) -> Bool {
        guard peek() == prefix.quote else { return false }
        return !prefix.isTriple || (peek(1) == prefix.quote && peek(2) == prefix.quote)
    }

    private mutating func escape(isBytes: Bool, into out: inout [UInt8]) throws(ParseError) {
        let start = at
        let character = peek(1)
        at += 2
        switch character {
        case UInt8(ascii: "a"): out.append(0x07)
        case UInt8(ascii: "b"): out.append(0x08)
        case UInt8(ascii: "f"): out.append(0x0C)
        case UInt8(ascii: "n"): out.append(0x0A)
        case UInt8(ascii: "r"): out.append(0x0D)
        case UInt8(ascii: "t"): out.append(0x09)
        case UInt8(ascii: "v"): out.append(0x0B)
        case UInt8(ascii: "\\"), UInt8(ascii: "?"), UInt8(ascii: "\""), UInt8(ascii: "'"), UInt8(ascii: "`"): out.append(character)
        case UInt8(ascii: "x"), UInt8(ascii: "X"):
            try append(try digits(2, radix: 16, from: start), isBytes: isBytes, from: start, to: &out)
        case UInt8(ascii: "0")...UInt8(ascii: "3"):
            at -= 1
            try append(try digits(3, radix: 8, from: start), isBytes: isBytes, from: start, to: &out)
        case UInt8(ascii: "u"), UInt8(ascii: "U"):
            guard !isBytes else { throw failure("\\u and \\U are not for bytes; write \\x", at: start) }
            let code = try digits(character == UInt8(ascii: "u") ? 4 : 8, radix: 16, from: start)
            try append(code, isBytes: false, from: start, to: &out)
        default: throw failure("unknown escape; a backslash itself is '\\\\'", at: start)
        }
    }

    /// A code point in a string, an octet in bytes.
    private func append(_ code: UInt32, isBytes: Bool, from start: Int, to out: inout [UInt8]) throws(ParseError) {
        if isBytes {
            out.append(UInt8(truncatingIfNeeded: code))
        } else if let scalar = Unicode.Scalar(code), let encoded = UTF8.encode(scalar) {
            out.append(contentsOf: encoded)
        } else {
            throw failure("the escape names no Unicode character", at: start)
        }
    }

    private mutating func digits(_ count: Int, radix: UInt32, from start: Int) throws(ParseError) -> UInt32 {
        var code: UInt32 = 0
        for _ in 0..<count {
            guard let digit = hexadecimalDigit(peek()), UInt32(digit) < radix else {
                throw failure("the escape needs \(count) \(radix == 8 ? "octal" : "hexadecimal") digits", at: start)
            }
            code = code &* radix &+ UInt32(digit)
            at += 1
        }
        return code
    }
}
