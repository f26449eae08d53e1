extension Parser {
    /// Words that no variable may have (cel-spec, "Syntax", RESERVED); fields may.
    static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package", "namespace", "return",
        "var", "void", "while",
    ]

    /// `Member = Primary | Member "." SELECTOR ["(" [ExprList] ")"] | Member "[" Expr "]"`
    mutating func member() throws(ParseError) -> Syntax {
        try member(after: try primary())
    }

    mutating func member(after first: Syntax) throws(ParseError) -> Syntax {
        var left = first
        while true {
            let start = token.start
            if take(.dot) {
                left = try selection(of: left)
            } else if take(.openBracket) {
                let key = try expression()
                try expect(.closeBracket, "']'")
                left = try node(.index(left, key), at: start)
            } else if token.content == .symbol(.openBrace), let type = Self.qualifiedName(left) {
                left = try message(type, at: left.offset)
            } else {
                return left
            }
        }
    }

    private mutating func selection(of left: Syntax) throws(ParseError) -> Syntax {
        let offset = token.start
        switch token.content {
        case .identifier(let name):
            advance()
            if take(.openParenthesis) {
                let arguments = try arguments(.closeParenthesis, "')'", allowsTrailingComma: false)
                return try node(.call(target: left, name: name, arguments), at: offset)
            }
            return try node(.select(left, name, isQuoted: false), at: offset)
        case .quotedName(let name):
            advance()
            return try node(.select(left, name, isQuoted: true), at: offset)
        default:
            throw unexpected("the name of a field or function")
        }
    }

    private mutating func primary() throws(ParseError) -> Syntax {
        let start = token.start
        switch token.content {
        case .literal(let value):
            advance()
            return try node(.literal(value), at: start)
        case .integer(let magnitude):
            guard magnitude <= UInt64(Int64.max) else { throw failure("the int does not fit 64 bits; is a 'u' missing?", at: start) }
            advance()
            return try node(.literal(.int(Int64(magnitude))), at: start)
        case .identifier, .symbol(.dot):
            return try name()
        case .symbol(.openParenthesis):
            advance()
            let inner = try expression()
            try expect(.closeParenthesis, "')'")
            return inner
        case .symbol(.openBracket):
            advance()
            return try node(.list(try arguments(.closeBracket, "',' or ']'", allowsTrailingComma: true)), at: start)
        case .symbol(.openBrace):
            advance()
            return try map(at: start)
        default:
            throw unexpected("a value")
        }
    }

    /// `["."] IDENT ["(" [ExprList] ")"]`
    private mutating func name() throws(ParseError) -> Syntax {
        let isAbsolute = take(.dot)
        let start = token.start
        guard case .identifier(let name) = token.content else { throw unexpected("a name") }
        guard !Self.reserved.contains(name) else { throw failure("\(name.quoted) is a reserved word", at: start) }
        advance()
        if take(.openParenthesis) {
            let arguments = try arguments(.closeParenthesis, "',' or ')'", allowsTrailingComma: false)
            return try node(.call(target: nil, name: name, arguments), at: start)
        }
        return try node(.identifier(name, isAbsolute: isAbsolute), at: start)
    }

    /// Expressions between commas up to a closing bracket, whose opening one has been taken.
    private mutating func arguments(
        _ close: Symbol, _ wanted: String, allowsTrailingComma: Bool
    ) throws(ParseError) -> [Syntax] {
        var all: [Syntax] = []
        if take(close) { return all }
        while true {
            all.append(try expression())
            if take(close) { return all }
            try expect(.comma, wanted)
            if allowsTrailingComma, take(close) { return all }
        }
    }

    private mutating func map(at start: Int) throws(ParseError) -> Syntax {
        var entries: [(key: Syntax, value: Syntax)] = []
        while !take(.closeBrace) {
            let key = try expression()
            try expect(.colon, "':' after the key")
            entries.append((key, try expression()))
            if take(.closeBrace) { break }
            try expect(.comma, "',' or '}'")
        }
        return try node(.map(entries), at: start)
    }

    /// `Member "{" [FieldInits] "}"`: parsed, since it is the grammar; evaluating it is an error, since there are no messages.
    private mutating func message(_ type: String, at start: Int) throws(ParseError) -> Syntax {
        advance()
        var values: [Syntax] = []
        while !take(.closeBrace) {
            switch token.content {
            case .identifier, .quotedName: advance()
            default: throw unexpected("the name of a field")
            }
            try expect(.colon, "':' after the field")
            values.append(try expression())
            if take(.closeBrace) { break }
            try expect(.comma, "',' or '}'")
        }
        return try node(.message(type: type, values), at: start)
    }

    /// `a.b.c` when the tree is just that.
    private static func qualifiedName(_ tree: Syntax) -> String? {
        switch tree.form {
        case .identifier(let name, let isAbsolute): isAbsolute ? "." + name : name
        case .select(let operand, let name, isQuoted: false): qualifiedName(operand).map { $0 + "." + name }
        default: nil
        }
    }
}
