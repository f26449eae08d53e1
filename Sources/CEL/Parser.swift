/// Recursive descent over tokens, with precedence climbing for the operators (cel-spec, "Syntax").
///
/// The functions that recurse are short and leave the work to those that do not: their stack frames count, times
/// `depthMax`.
struct Parser {
    /// How deep brackets, calls, operators and conditionals may nest. The parser, the compiler and the evaluator
    /// recurse so deep and no deeper; the number keeps all three within a stack of 512 kB, also without optimisation.
    static let depthMax = 100
    /// The longest source, in bytes.
    static let sourceBytesMax = 100_000

    let source: String
    private let tokens: [Token]
    private var at = 0
    private var depth = 0

    init(_ source: String) throws(ParseError) {
        guard source.utf8.count <= Self.sourceBytesMax else {
            throw ParseError("the expression is longer than \(Self.sourceBytesMax) bytes", at: 0, in: source)
        }
        self.source = source
        tokens = try Lexer.tokens(source)
    }

    /// The whole source as one expression.
    mutating func parse() throws(ParseError) -> Syntax {
        let tree = try expression()
        guard token.isEnd else { throw unexpected("an operator or the end") }
        return tree
    }

    var token: Token { tokens[at] }

    mutating func advance() { if at < tokens.count - 1 { at += 1 } }

    func sees(_ symbol: Symbol) -> Bool { tokens[at].symbol == symbol }

    /// Whether the token after this one is `symbol`.
    func follows(_ symbol: Symbol) -> Bool { at + 1 < tokens.count && tokens[at + 1].symbol == symbol }

    mutating func take(_ symbol: Symbol) -> Bool {
        guard sees(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Symbol, _ wanted: String) throws(ParseError) {
        guard take(symbol) else { throw unexpected(wanted) }
    }

    func failure(_ message: String, at offset: Int) -> ParseError { ParseError(message, at: offset, in: source) }

    func unexpected(_ wanted: String) -> ParseError {
        if token.isEnd { return failure("the expression ends where \(wanted) is expected", at: token.start) }
        let found = String(decoding: Array(source.utf8)[token.start..<token.end], as: UTF8.self)
        return failure("unexpected \(found.quoted) where \(wanted) is expected", at: token.start)
    }

    /// A node, unless it would be nested too deep.
    func node(_ form: Syntax.Form, _ children: [Syntax] = [], at offset: Int) throws(ParseError) -> Syntax {
        let node = Syntax(form, children, at: offset)
        guard node.depth <= Self.depthMax else { throw tooDeep(offset) }
        return node
    }

    private func tooDeep(_ offset: Int) -> ParseError { failure("nested deeper than \(Self.depthMax)", at: offset) }

    /// `Expr = ConditionalOr ["?" ConditionalOr ":" Expr]`
    mutating func expression() throws(ParseError) -> Syntax {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw tooDeep(token.start) }
        let first = try binary(level: 0)
        return sees(.question) ? try conditional(first) : first
    }

    private mutating func conditional(_ condition: Syntax) throws(ParseError) -> Syntax {
        let sign = token.start
        advance()
        let yes = try binary(level: 0)
        try expect(.colon, "':' of the conditional")
        let no = try expression()
        return try node(.conditional, [condition, yes, no], at: sign)
    }

    /// `ConditionalOr` (level 0), `ConditionalAnd`, `Relation`, `Addition`, `Multiplication` (4), all left-associative.
    private mutating func binary(level: Int) throws(ParseError) -> Syntax {
        var left = try unary()
        while let symbol = tokens[at].symbol, let precedence = symbol.precedence, precedence >= level {
            left = try operation(left, symbol, above: precedence)
        }
        return left
    }

    private mutating func operation(_ left: Syntax, _ symbol: Symbol, above precedence: Int) throws(ParseError)
        -> Syntax
    {
        let sign = token.start
        var operands = [left]
        repeat {
            advance()
            operands.append(try binary(level: precedence + 1))
        } while precedence < 2 && sees(symbol)
        if precedence < 2 { return try node(.logic(isAnd: symbol == .and), operands, at: sign) }
        guard let strict = BinaryOperator(rawValue: symbol.rawValue) else { throw unexpected("an operator") }
        return try node(.binary(strict), operands, at: sign)
    }

    /// `Unary = Member | "!" {"!"} Member | "-" {"-"} Member`
    private mutating func unary() throws(ParseError) -> Syntax {
        switch tokens[at].symbol {
        case .not: try negation()
        case .minus: try negative()
        default: try member()
        }
    }

    private mutating func negation() throws(ParseError) -> Syntax {
        let sign = token.start
        var count = 0
        while take(.not) { count += 1 }
        let once = try node(.not, [try sees(.minus) ? signedLiteral() : member()], at: sign)
        return count % 2 == 1 ? once : try node(.not, [once], at: sign)
    }

    /// Pairs of minus are dropped, as cel-go does.
    private mutating func negative() throws(ParseError) -> Syntax {
        let sign = token.start
        var count = 0
        while take(.minus) { count += 1 }
        guard count % 2 == 1 else { return try member() }
        if let literal = try negativeLiteral(at: sign) { return try member(after: literal) }
        return try node(.negate, [try member()], at: sign)
    }

    /// The minus of a number is part of its literal, so it may stand behind `!`; `!-a` is not in the grammar.
    private mutating func signedLiteral() throws(ParseError) -> Syntax {
        let sign = token.start
        advance()
        guard let literal = try negativeLiteral(at: sign) else { throw unexpected("a number") }
        return try member(after: literal)
    }

    /// A number right after a minus is one literal: the least int has no positive counterpart.
    private mutating func negativeLiteral(at sign: Int) throws(ParseError) -> Syntax? {
        let value: Value
        switch token.content {
        case .integer(let magnitude):
            guard magnitude <= UInt64(Int64.max) + 1 else { throw failure("the int does not fit 64 bits", at: sign) }
            value = .int(Int64(truncatingIfNeeded: 0 &- magnitude))
        case .literal(.double(let magnitude)): value = .double(-magnitude)
        default: return nil
        }
        advance()
        return try node(.literal(value), at: sign)
    }
}
