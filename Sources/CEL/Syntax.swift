/// A node of the tree that the parser makes, with the place where a message about it points.
final class Syntax {
    enum Form {
        case literal(Value)
        /// `isAbsolute`: with a dot before it, so that no variable of a macro and no container hides it.
        case identifier(String, isAbsolute: Bool)
        /// `isQuoted`: in backticks, so that it is a field and never part of a dotted name.
        case select(String, isQuoted: Bool)
        case index
        /// `isMethod`: the first child is the receiver.
        case call(String, isMethod: Bool)
        case list
        /// The children are keys and values by turns.
        case map
        case message(type: String)
        case not
        case negate
        case binary(BinaryOperator)
        /// `&&` or `||` over all operands of a chain, so that a long chain is not deep.
        case logic(isAnd: Bool)
        case conditional
    }

    let form: Form
    let children: [Syntax]
    /// The offset in bytes where a message points: at an operator's sign, at a name, at an opening bracket.
    let offset: Int
    /// 1 for a leaf. Everything that walks the tree recurses so deep.
    let depth: Int

    init(_ form: Form, _ children: [Syntax] = [], at offset: Int) {
        self.form = form
        self.children = children
        self.offset = offset
        depth = 1 + (children.lazy.map(\.depth).max() ?? 0)
    }

    /// `a.b.c` when the tree is just that.
    var qualifiedName: String? {
        switch form {
        case .identifier(let name, let isAbsolute): isAbsolute ? "." + name : name
        case .select(let name, isQuoted: false): children[0].qualifiedName.map { $0 + "." + name }
        default: nil
        }
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
