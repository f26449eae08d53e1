/// A word of the language with its place.
struct Token {
    enum Content: Equatable {
        case end
        case identifier(String)
        /// A name in backticks, which only a selection takes.
        case quotedName(String)
        /// The magnitude of an int literal: whether it is in range depends on the sign before it.
        case integer(UInt64)
        case literal(Value)
        case symbol(Symbol)
        /// `in`, which is an operator and never a name.
        case `in`
    }

    let content: Content
    /// The offset in bytes of its first and one past its last byte.
    let start: Int
    let end: Int
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
}
