/// Recursive descent over tokens, with precedence climbing for the operators (cel-spec, "Syntax").
struct Parser {
    /// How deep brackets, calls, operators and conditionals may nest. The parser, the compiler and the evaluator recurse so deep and
    /// no deeper; the number keeps all three within a stack of 512 kB, also without optimisation.
    static let depthMax = 96
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
        guard token.content == .end else { throw unexpected("an operator or the end") }
        return tree
    }

    var token: Token { tokens[at] }

    mutating func advance() { if at < tokens.count - 1 { at += 1 } }

    mutating func take(_ symbol: Symbol) -> Bool {
        guard token.content == .symbol(symbol) else { return false }
        advance()
        return true
    }

    mutating func expect(_ symbol: Symbol, _ wanted: String) throws(ParseError) {
        guard take(symbol) else { throw unexpected(wanted) }
    }

    func failure(_ message: String, at offset: Int) -> ParseError { ParseError(message, at: offset, in: source) }

    func unexpected(_ wanted: String) -> ParseError {
        if token.content == .end { return failure("the expression ends where \(wanted) is expected", at: token.start) }
        let found = String(decoding: Array(source.utf8)[token.start..<token.end], as: UTF8.self)
        return failure("unexpected \(found.quoted) where \(wanted) is expected", at: token.start)
    }

    /// A node, unless it would be nested too deep.
    func node(_ form: Syntax.Form, at offset: Int) throws(ParseError) -> Syntax {
        let node = Syntax(form, at: offset)
        guard node.depth <= Self.depthMax else { throw tooDeep(offset) }
        return node
    }

    private func tooDeep(_ offset: Int) -> ParseError { failure("nested deeper than \(Self.depthMax)", at: offset) }

    /// `Expr = ConditionalOr ["?" ConditionalOr ":" Expr]`
    mutating func expression() throws(ParseError) -> Syntax {
        depth += 1
        defer { depth -= 1 }
        guard depth <= Self.depthMax else { throw tooDeep(token.start) }
        let condition = try logic(isAnd: false)
        let sign = token.start
        guard take(.question) else { return condition }
        let yes = try logic(isAnd: false)
        try expect(.colon, "':' of the conditional")
        let no = try expression()
        return try node(.conditional(condition, yes, no), at: sign)
    }

    /// `ConditionalOr` and `ConditionalAnd`, each chain as one node.
    private mutating func logic(isAnd: Bool) throws(ParseError) -> Syntax {
        let first = isAnd ? try binary(level: 0) : try logic(isAnd: true)
        let sign = token.start
        guard take(isAnd ? .and : .or) else { return first }
        var operands = [first]
        repeat {
            operands.append(isAnd ? try binary(level: 0) : try logic(isAnd: true))
        } while take(isAnd ? .and : .or)
        return try node(.logic(isAnd: isAnd, operands), at: sign)
    }

    /// `Relation` (level 0), `Addition` (1), `Multiplication` (2), all left-associative.
    private mutating func binary(level: Int) throws(ParseError) -> Syntax {
        var left = try unary()
        while let (sign, precedence) = binaryOperator(), precedence >= level {
            let offset = token.start
            advance()
            let right = try binary(level: precedence + 1)
            left = try node(.binary(sign, left, right), at: offset)
        }
        return left
    }

    private func binaryOperator() -> (BinaryOperator, Int)? {
        switch token.content {
        case .in: (.in, 0)
        case .symbol(let symbol):
            switch symbol {
            case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual: BinaryOperator(rawValue: symbol.rawValue).map { ($0, 0) }
            case .plus, .minus: BinaryOperator(rawValue: symbol.rawValue).map { ($0, 1) }
            case .star, .slash, .percent: BinaryOperator(rawValue: symbol.rawValue).map { ($0, 2) }
            default: nil
            }
        default: nil
        }
    }

    /// `Unary = Member | "!" {"!"} Member | "-" {"-"} Member`; pairs of signs are dropped, as cel-go does.
    private mutating func unary() throws(ParseError) -> Syntax {
        let sign = token.start
        if take(.not) {
            var count = 1
            while take(.not) { count += 1 }
            let operand = try member()
            let once = try node(.not(operand), at: sign)
            return count % 2 == 1 ? once : try node(.not(once), at: sign)
        }
        guard take(.minus) else { return try member() }
        var count = 1
        while take(.minus) { count += 1 }
        guard count % 2 == 1 else { return try member() }
        if let literal = try negativeLiteral(at: sign) { return try member(after: literal) }
        return try node(.negate(try member()), at: sign)
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
