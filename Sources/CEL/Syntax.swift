/// A node of the tree that the parser makes, with the place where a message about it points.
final class Syntax {
    enum Form {
        case literal(Value)
        /// `isAbsolute`: with a dot before it, so that no variable of a macro and no container hides it.
        case identifier(String, isAbsolute: Bool)
        /// `isQuoted`: in backticks, so that it is a field and never part of a dotted name.
        case select(Syntax, String, isQuoted: Bool)
        case index(Syntax, Syntax)
        case call(target: Syntax?, name: String, [Syntax])
        case list([Syntax])
        case map([(key: Syntax, value: Syntax)])
        case message(type: String, [Syntax])
        case not(Syntax)
        case negate(Syntax)
        case binary(BinaryOperator, Syntax, Syntax)
        /// `&&` or `||` over all operands of a chain, so that a long chain is not deep.
        case logic(isAnd: Bool, [Syntax])
        case conditional(Syntax, Syntax, Syntax)
    }

    let form: Form
    /// The offset in bytes where a message points: at an operator's sign, at a name, at an opening bracket.
    let offset: Int
    /// 1 for a leaf. Everything that walks the tree recurses so deep.
    let depth: Int

    init(_ form: Form, at offset: Int) {
        self.form = form
        self.offset = offset
        let children: [Syntax] =
            switch form {
            case .literal, .identifier: []
            case .select(let one, _, _), .not(let one), .negate(let one): [one]
            case .index(let one, let two), .binary(_, let one, let two): [one, two]
            case .call(let target, _, let arguments): arguments + [target].compactMap { $0 }
            case .list(let all), .message(_, let all), .logic(_, let all): all
            case .map(let entries): entries.flatMap { [$0.key, $0.value] }
            case .conditional(let one, let two, let three): [one, two, three]
            }
        depth = 1 + (children.lazy.map(\.depth).max() ?? 0)
    }
}

/// The strict operators with two operands.
enum BinaryOperator: String {
    case add = "+"
    case subtract = "-"
    case multiply = "*"
    case divide = "/"
    case remainder = "%"
    case equal = "=="
    case notEqual = "!="
    case less = "<"
    case lessEqual = "<="
    case greater = ">"
    case greaterEqual = ">="
    case `in` = "in"
}
