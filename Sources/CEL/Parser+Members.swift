extension Parser {
    /// Words that no variable may have (cel-spec, "Syntax", RESERVED); fields may.
    static let reserved: Set<String> = [
        "as", "break", "const", "continue", "else", "for", "function", "if", "import", "let", "loop", "package",
        "namespace", "return",
        "var", "void", "while",
    ]

    /// `Member = Primary | Member "." SELECTOR ["(" [ExprList] ")"] | Member "[" Expr "]" | Member "{" [FieldInits]
    /// "}"`
    mutating func member() throws(ParseError) -> Syntax {
        try member(after: try primary())
    }

    mutating func member(after first: Syntax) throws(ParseError) -> Syntax {
        var left = first
        while true {
            switch token.symbol {
            case .dot: left = try selection(of: left)
            case .openBracket: left = try index(of: left)
            case .openBrace:
                guard let type = left.qualifiedName else { return left }
                left = try message(type, at: left.offset)
            default: return left
            }
        }
    }

    private mutating func index(of left: Syntax) throws(ParseError) -> Syntax {
        let start = token.start
        advance()
        let key = try expression()
        try expect(.closeBracket, "']'")
        return try node(.index, [left, key], at: start)
    }

    private mutating func selection(of left: Syntax) throws(ParseError) -> Syntax {
        advance()
        let offset = token.start
        let (name, isQuoted) = try selector()
        if !isQuoted, take(.openParenthesis) {
            return try node(.call(name, isMethod: true), try arguments(after: left), at: offset)
        }
        return try node(.select(name, isQuoted: isQuoted), [left], at: offset)
    }

    private mutating func selector() throws(ParseError) -> (name: String, isQuoted: Bool) {
        switch token.content {
        case .identifier(let name):
            advance()
            return (name, false)
        case .quotedName(let name):
            advance()
            return (name, true)
        default: throw unexpected("the name of a field or function")
        }
    }

    private mutating func primary() throws(ParseError) -> Syntax {
        switch token.symbol {
        case nil, .dot: try word()
        case .openParenthesis: try group()
        case .openBracket: try list()
        case .openBrace: try map()
        default: throw unexpected("a value")
        }
    }

    private mutating func group() throws(ParseError) -> Syntax {
        advance()
        let inner = try expression()
        try expect(.closeParenthesis, "')'")
        return inner
    }

    /// A literal, `["."] IDENT` or `["."] IDENT "(" [ExprList] ")"`.
    private mutating func word() throws(ParseError) -> Syntax {
        if let literal = try literal() { return literal }
        let isAbsolute = take(.dot)
        let start = token.start
        let name = try name()
        if take(.openParenthesis) {
            return try node(.call(name, isMethod: false), try arguments(after: nil), at: start)
        }
        return try node(.identifier(name, isAbsolute: isAbsolute), at: start)
    }

    private mutating func literal() throws(ParseError) -> Syntax? {
        let start = token.start
        switch token.content {
        case .literal(let value):
            advance()
            return try node(.literal(value), at: start)
        case .integer(let magnitude):
            guard magnitude <= UInt64(Int64.max) else {
                throw failure("the int does not fit 64 bits; is a 'u' missing?", at: start)
            }
            advance()
            return try node(.literal(.int(Int64(magnitude))), at: start)
        case .identifier, .symbol: return nil
        case .quotedName, .end: throw unexpected("a value")
        }
    }

    private mutating func name() throws(ParseError) -> String {
        guard case .identifier(let name) = token.content else { throw unexpected("a name") }
        guard !Self.reserved.contains(name) else { throw failure("\(name.quoted) is a reserved word", at: token.start) }
        advance()
        return name
    }

    /// A receiver, if there is one, and the arguments up to the closing parenthesis; the opening one has been taken.
    private mutating func arguments(after receiver: Syntax?) throws(ParseError) -> [Syntax] {
        var all = receiver.map { [$0] } ?? []
        if take(.closeParenthesis) { return all }
        repeat {
            all.append(try expression())
        } while take(.comma)
        try expect(.closeParenthesis, "',' or ')'")
        return all
    }

    private mutating func list() throws(ParseError) -> Syntax {
        let start = token.start
        advance()
        var elements: [Syntax] = []
        if takesLoneComma(before: .closeBracket) { return try node(.list, elements, at: start) }
        while !take(.closeBracket) {
            elements.append(try expression())
            if !take(.comma), !sees(.closeBracket) { throw unexpected("',' or ']'") }
        }
        return try node(.list, elements, at: start)
    }

    private mutating func map() throws(ParseError) -> Syntax {
        let start = token.start
        advance()
        var entries: [Syntax] = []
        if takesLoneComma(before: .closeBrace) { return try node(.map, entries, at: start) }
        while !take(.closeBrace) {
            entries.append(try expression())
            try expect(.colon, "':' after the key")
            entries.append(try expression())
            if !take(.comma), !sees(.closeBrace) { throw unexpected("',' or '}'") }
        }
        return try node(.map, entries, at: start)
    }

    /// `[,]`, `{,}`: in the grammar the last comma is optional whether or not something stands before it.
    private mutating func takesLoneComma(before end: Symbol) -> Bool {
        guard sees(.comma), follows(end) else { return false }
        advance()
        advance()
        return true
    }

    /// Parsed, since it is the grammar; evaluating it is an error, since there are no messages.
    private mutating func message(_ type: String, at start: Int) throws(ParseError) -> Syntax {
        advance()
        var values: [Syntax] = []
        if takesLoneComma(before: .closeBrace) { return try node(.message(type: type), values, at: start) }
        while !take(.closeBrace) {
            _ = try selector()
            try expect(.colon, "':' after the field")
            values.append(try expression())
            if !take(.comma), !sees(.closeBrace) { throw unexpected("',' or '}'") }
        }
        return try node(.message(type: type), values, at: start)
    }
}
