extension Compiler {
    /// The node over children that are compiled.
    mutating func build(_ tree: Syntax, _ children: [Compiled]) -> Compiled {
        let nodes = children.map(\.node)
        let offset = tree.offset
        switch tree.form {
        case .literal(let value): return Compiled(ConstantNode(value), value.kind)
        case .identifier: return Compiled(ConstantNode(.null))
        case .select(let name, _): return Compiled(SelectNode(nodes[0], Field(name: name, offset: offset)))
        case .index: return Compiled(IndexNode(nodes[0], nodes[1], at: offset))
        case .call(let name, let isMethod): return call(name, isMethod: isMethod, nodes, at: offset)
        case .list:
            noteThatItMakesValues()
            return Compiled(ListNode(nodes, at: offset), .list)
        case .map:
            noteThatItMakesValues()
            let entries = stride(from: 0, to: nodes.count, by: 2).map { (key: nodes[$0], value: nodes[$0 + 1]) }
            return Compiled(MapNode(entries, at: offset), .map)
        case .message(let type):
            return Compiled(
                FailingNode(Failure(.unknownType, "unknown type \(type.quoted): there are no messages", at: offset)))
        case .not: return Compiled(NotNode(nodes[0], at: offset), .bool)
        case .negate:
            let kind = children[0].kind
            return Compiled(NegateNode(nodes[0], at: offset), kind == .int || kind == .double ? kind : nil)
        case .binary(let sign): return binary(sign, children[0], children[1], at: offset)
        case .logic(let isAnd): return Compiled(LogicNode(isAnd: isAnd, nodes, at: offset), .bool)
        case .conditional:
            let kind = children[1].kind == children[2].kind ? children[1].kind : nil
            return Compiled(ConditionalNode(nodes[0], nodes[1], nodes[2], at: offset), kind)
        }
    }

    private mutating func call(_ name: String, isMethod: Bool, _ nodes: [any Node], at offset: Int) -> Compiled {
        let arguments = isMethod ? nodes.count - 1 : nodes.count
        let known = StandardLibrary.function(name, arguments: arguments, method: isMethod)
        let takesZone = known.map { $0.takesZone || $0 == .local } ?? false
        let zone = takesZone && nodes.count > 1 ? (nodes[1] as? ConstantNode)?.value.stringValue : nil
        let named = zone.flatMap { Evaluation.fixedOffset($0) == nil ? $0 : nil }
        note(call: name, arguments: arguments, isMethod: isMethod, zone: named, at: offset)
        guard let function = known else {
            let message =
                StandardLibrary.reasonLeftOut(name)
                ?? StandardLibrary.misuse(of: name, arguments: arguments, method: isMethod)
                ?? "unknown function \(name.quoted)"
            return Compiled(FailingNode(Failure(.unknownFunction, message, at: offset)))
        }
        if [.json, .text, .split, .join].contains(function) { noteThatItMakesValues() }
        return Compiled(CallNode(function, nodes[0], nodes.count > 1 ? nodes[1] : nil, at: offset), function.resultKind)
    }

    private mutating func binary(_ sign: BinaryOperator, _ left: Compiled, _ right: Compiled, at offset: Int)
        -> Compiled
    {
        switch sign {
        case .equal, .notEqual:
            return Compiled(EqualityNode(isNegated: sign == .notEqual, left.node, right.node, at: offset), .bool)
        case .less, .lessEqual, .greater, .greaterEqual:
            return Compiled(OrderNode(sign, left.node, right.node, at: offset), .bool)
        case .in: return Compiled(InNode(left.node, right.node, at: offset), .bool)
        case .add, .subtract, .multiply, .divide, .remainder:
            // Lists double when they are added to themselves.
            if sign == .add { noteThatItMakesValues() }
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
