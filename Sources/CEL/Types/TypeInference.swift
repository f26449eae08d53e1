/// Infers the type of an expression from those of its variables, and notes what fails by it. What is not known is never a fault.
///
/// The functions that recurse are short, as those of the parser are: their stack frames count.
struct TypeInference {
    /// A variable that a macro binds.
    struct Local {
        let name: String
        let type: ValueType
        /// Under which conditions speak of it.
        let path: [String]
    }

    let names: [String: ValueType]
    var known: TypeFacts
    var locals: [Local] = []
    var bound = 0
    private(set) var faults: [TypeFault] = []
    private var told: Set<TypeFault.Kind> = []
    private(set) var work = 0

    /// Conditions with more operands are not followed: what is asked in them counts as asked of everything.
    static let operandsMax = 64

    init(_ names: [String: ValueType], _ facts: TypeFacts) {
        self.names = names
        known = facts
    }

    mutating func spend(_ steps: Int) { work += steps }

    /// Each fault is told once, where it is met first.
    mutating func tell(_ kind: TypeFault.Kind, certain: Bool, at offset: Int) {
        guard told.insert(kind).inserted else { return }
        faults.append(TypeFault(kind: kind, isCertain: certain, offset: offset))
    }

    mutating func type(of tree: Syntax) -> ValueType {
        work += 1
        switch tree.form {
        case .literal(let value): return ValueType(of: value)
        case .identifier, .select: return selected(tree)
        case .index: return indexed(tree)
        case .call: return called(tree)
        case .list: return listed(tree)
        case .map: return mapped(tree)
        case .message: return .any
        case .not: return negated(tree, .bool, "!")
        case .negate: return negated(tree, [.int, .double], "-")
        case .binary(let sign): return combined(sign, tree)
        case .logic(let isAnd): return chained(tree, isAnd: isAnd)
        case .conditional: return chosen(tree)
        }
    }

    private mutating func listed(_ tree: Syntax) -> ValueType {
        var items: [ValueType] = []
        for child in tree.children { items.append(type(of: child)) }
        return ValueType(.list, items: items.isEmpty ? nil : .union(items))
    }

    private mutating func mapped(_ tree: Syntax) -> ValueType {
        var members = ValueType.Members()
        for at in stride(from: 0, to: tree.children.count, by: 2) {
            let value = type(of: tree.children[at + 1])
            if case .literal(.string(let name)) = tree.children[at].form {
                members.byName[name] = .init(value)
            } else {
                _ = type(of: tree.children[at])
                members.isOpen = true
            }
        }
        return ValueType(.map, members: members)
    }

    private mutating func negated(_ tree: Syntax, _ takes: ValueType.Kinds, _ sign: String) -> ValueType {
        let operand = type(of: tree.children[0])
        require(tree.children[0], operand, takes, "operator '\(sign)'", at: tree.offset)
        let left = operand.kinds.intersection(takes)
        return ValueType(left.isEmpty ? takes : left)
    }

    /// `c ? a : b`: each is judged by what the condition has shown.
    private mutating func chosen(_ tree: Syntax) -> ValueType {
        let condition = tree.children[0]
        require(condition, type(of: condition), .bool, "'_ ? _ : _'", at: tree.offset)
        let before = known
        if let shown = facts(of: condition, being: true) { known = before.and(shown) }
        let yes = type(of: tree.children[1])
        known = before
        if let shown = facts(of: condition, being: false) { known = before.and(shown) }
        let no = type(of: tree.children[2])
        known = before
        return yes.or(no)
    }

    /// A chain of `&&` or `||`: each operand is judged by what all others show where they leave the decision to it, whatever
    /// their order, since an operand that decides wins over the failure of another.
    private mutating func chained(_ tree: Syntax, isAnd: Bool) -> ValueType {
        let operands = tree.children
        let before = known
        guard operands.count <= Self.operandsMax else { return .of(.bool) }
        let shown = operands.map { facts(of: $0, being: isAnd) }
        for (at, operand) in operands.enumerated() {
            var here = before
            for (other, facts) in shown.enumerated() where other != at {
                if let facts { here = here.and(facts) }
            }
            known = here
            require(operand, type(of: operand), .bool, "operator '\(isAnd ? "&&" : "||")'", at: operand.offset)
        }
        known = before
        return .of(.bool)
    }
}
