/// Turns the tree of the parser into nodes that evaluate, expands macros, and notes what a checker wants to know.
struct Compiler {
    /// A node and the kind of its value where that is certain.
    struct Compiled {
        let node: any Node
        let kind: Kind?

        init(_ node: any Node, _ kind: Kind? = nil) {
            self.node = node
            self.kind = kind
        }
    }

    let source: String
    let container: String
    private(set) var references: [Reference] = []
    private(set) var calls: [CallSite] = []
    private(set) var slots = 0
    var makesValues = false
    /// The variables of the macros around the current place; the position is the slot.
    private var locals: [String] = []

    init(_ source: String, container: String) {
        self.source = source
        self.container = container
    }

    mutating func program(_ tree: Syntax) throws(ParseError) -> Program {
        let compiled = try compile(tree)
        references.sort { $0.place.offset < $1.place.offset }
        calls.sort { $0.place.offset < $1.place.offset }
        return Program(self, root: compiled.node, kind: compiled.kind)
    }

    func failure(_ message: String, at offset: Int) -> ParseError { ParseError(message, at: offset, in: source) }

    mutating func compile(_ tree: Syntax) throws(ParseError) -> Compiled {
        switch tree.form {
        case .literal(let value): return Compiled(ConstantNode(value), value.kind)
        case .identifier, .select, .index: return try access(tree)
        case .call(let target, let name, let arguments): return try call(target, name, arguments, at: tree.offset)
        case .list(let elements): return try list(elements, at: tree.offset)
        case .map(let entries): return try map(entries, at: tree.offset)
        case .message(let type, let values): return try message(type, values, at: tree.offset)
        case .not(let operand): return Compiled(NotNode(try compile(operand).node, at: tree.offset), .bool)
        case .negate(let operand):
            let inner = try compile(operand)
            return Compiled(NegateNode(inner.node, at: tree.offset), inner.kind == .int || inner.kind == .double ? inner.kind : nil)
        case .binary(let sign, let left, let right): return try binary(sign, left, right, at: tree.offset)
        case .logic(let isAnd, let operands):
            return Compiled(LogicNode(isAnd: isAnd, try nodes(operands), at: tree.offset), .bool)
        case .conditional(let condition, let yes, let no): return try conditional(condition, yes, no, at: tree.offset)
        }
    }

    mutating func nodes(_ trees: [Syntax]) throws(ParseError) -> [any Node] {
        var nodes: [any Node] = []
        nodes.reserveCapacity(trees.count)
        for tree in trees { nodes.append(try compile(tree).node) }
        return nodes
    }

    private mutating func list(_ elements: [Syntax], at offset: Int) throws(ParseError) -> Compiled {
        makesValues = true
        return Compiled(ListNode(try nodes(elements), at: offset), .list)
    }

    private mutating func map(_ entries: [(key: Syntax, value: Syntax)], at offset: Int) throws(ParseError) -> Compiled {
        makesValues = true
        var nodes: [(key: any Node, value: any Node)] = []
        for entry in entries { nodes.append((try compile(entry.key).node, try compile(entry.value).node)) }
        return Compiled(MapNode(nodes, at: offset), .map)
    }

    private mutating func message(_ type: String, _ values: [Syntax], at offset: Int) throws(ParseError) -> Compiled {
        _ = try nodes(values)
        return Compiled(FailingNode(Failure(.unknownType, "unknown type \(type.quoted): there are no messages", at: offset)))
    }

    private mutating func conditional(
        _ condition: Syntax, _ yes: Syntax, _ no: Syntax, at offset: Int
    ) throws(ParseError) -> Compiled {
        let condition = try compile(condition)
        let yes = try compile(yes)
        let no = try compile(no)
        return Compiled(ConditionalNode(condition.node, yes.node, no.node, at: offset), yes.kind == no.kind ? yes.kind : nil)
    }

    private mutating func binary(
        _ sign: BinaryOperator, _ left: Syntax, _ right: Syntax, at offset: Int
    ) throws(ParseError) -> Compiled {
        let left = try compile(left)
        let right = try compile(right)
        switch sign {
        case .equal, .notEqual:
            return Compiled(EqualityNode(isNegated: sign == .notEqual, left.node, right.node, at: offset), .bool)
        case .less, .lessEqual, .greater, .greaterEqual:
            return Compiled(OrderNode(sign, left.node, right.node, at: offset), .bool)
        case .in: return Compiled(InNode(left.node, right.node, at: offset), .bool)
        case .add, .subtract, .multiply, .divide, .remainder:
            // Lists double when they are added to themselves.
            if sign == .add { makesValues = true }
            let kind = Self.arithmeticKind(sign, left.kind, right.kind)
            return Compiled(ArithmeticNode(sign, left.node, right.node, at: offset), kind)
        }
    }

    /// The kind of a result, from one operand where that is enough: what is added to a string can only be a string.
    private static func arithmeticKind(_ sign: BinaryOperator, _ left: Kind?, _ right: Kind?) -> Kind? {
        for kind in [left, right] {
            switch kind {
            case .int, .uint, .double, .string, .bytes, .list: return kind
            case .timestamp where sign == .add: return .timestamp
            default: continue
            }
        }
        switch (left, right) {
        case (.timestamp, .duration): return .timestamp
        case (.timestamp, .timestamp), (.duration, .duration): return .duration
        default: return nil
        }
    }
}

extension Compiler {
    /// The slot of a macro's variable, the innermost first.
    func slot(of name: String) -> Int? { locals.lastIndex(of: name) }

    /// Compiles with variables bound by a macro; `body` gets the slot of the first.
    mutating func binding<Result>(
        _ names: [String], _ body: (inout Compiler, Int) throws(ParseError) -> Result
    ) throws(ParseError) -> Result {
        let first = locals.count
        locals.append(contentsOf: names)
        slots = max(slots, locals.count)
        defer { locals.removeLast(names.count) }
        return try body(&self, first)
    }

    mutating func note(reference path: [String], isTest: Bool, at offset: Int) {
        references.append(Reference(path: path, isTest: isTest, place: SourcePlace(offset, in: source.utf8)))
    }

    mutating func note(call name: String, arguments: Int, isMethod: Bool, at offset: Int) {
        let place = SourcePlace(offset, in: source.utf8)
        calls.append(CallSite(name: name, arguments: arguments, isMethod: isMethod, place: place))
    }
}
