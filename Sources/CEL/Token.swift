/// A word of the language with its place.
struct Token {
    enum Content {
        case end
        case identifier(String)
        /// A name in backticks, which only a selection takes.
        case quotedName(String)
        /// The magnitude of an int literal: whether it is in range depends on the sign before it.
        case integer(UInt64)
        case literal(Value)
        case symbol(Symbol)
    }

    let content: Content
    /// The offset in bytes of its first and one past its last byte.
    let start: Int
    let end: Int

    /// The operator or bracket, or nil when it is something else.
    var symbol: Symbol? { if case .symbol(let symbol) = content { symbol } else { nil } }

    var isEnd: Bool { if case .end = content { true } else { false } }
}

/// The operators and brackets.
enum Symbol: String, CaseIterable {
    case plus = "+"
    case minus = "-"
    case star = "*"
    case slash = "/"
    case percent = "%"
    case dot = "."
    case comma = ","
    case colon = ":"
    case question = "?"
    case openParenthesis = "("
    case closeParenthesis = ")"
    case openBracket = "["
    case closeBracket = "]"
    case openBrace = "{"
    case closeBrace = "}"
    case not = "!"
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
    case equal = "=="
    case notEqual = "!="
    case and = "&&"
    case or = "||"
    case `in` = "in"

    /// How tightly an operator with two operands binds, loosest first; nil for what is none.
    var precedence: Int? {
        switch self {
        case .or: 0
        case .and: 1
        case .equal, .notEqual, .less, .lessEqual, .greater, .greaterEqual, .in: 2
        case .plus, .minus: 3
        case .star, .slash, .percent: 4
        default: nil
        }
    }
}
