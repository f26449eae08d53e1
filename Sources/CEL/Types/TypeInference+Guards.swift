extension TypeInference {
    /// What is known where a condition has come out so; `nil`: it never does.
    mutating func facts(of tree: Syntax, being isTrue: Bool) -> TypeFacts? {
        spend(1)
        switch tree.form {
        case .literal(.bool(let value)): return value == isTrue ? TypeFacts() : nil
        case .identifier, .select, .index: return path(of: tree).map { TypeFacts(nonNull: $0) } ?? TypeFacts()
        case .not: return facts(of: tree.children[0], being: !isTrue)
        case .logic(let isAnd): return facts(of: tree.children, isAnd: isAnd, being: isTrue)
        case .conditional: return facts(ofChoice: tree.children, being: isTrue)
        case .binary(let sign): return facts(of: sign, tree, being: isTrue)
        case .call: return facts(ofCall: tree, being: isTrue)
        default: return TypeFacts()
        }
    }

    private mutating func facts(of operands: [Syntax], isAnd: Bool, being isTrue: Bool) -> TypeFacts? {
        guard operands.count <= Self.operandsMax else { return TypeFacts() }
        // `&&` is true when all are, and false when one is; `||` the other way round.
        let isAll = isAnd == isTrue
        var found: TypeFacts? = isAll ? TypeFacts() : nil
        for operand in operands {
            let shown = facts(of: operand, being: isTrue)
            if isAll {
                guard let shown, let all = found else { return nil }
                found = all.and(shown)
            } else {
                found = TypeFacts.or(found, shown)
            }
        }
        return found
    }

    private mutating func facts(ofChoice parts: [Syntax], being isTrue: Bool) -> TypeFacts? {
        func both(_ left: TypeFacts?, _ right: TypeFacts?) -> TypeFacts? {
            left.flatMap { left in right.map { left.and($0) } }
        }
        let yes = both(facts(of: parts[0], being: true), facts(of: parts[1], being: isTrue))
        let no = both(facts(of: parts[0], being: false), facts(of: parts[2], being: isTrue))
        return TypeFacts.or(yes, no)
    }

    private mutating func facts(of sign: BinaryOperator, _ tree: Syntax, being isTrue: Bool) -> TypeFacts? {
        let (left, right) = (tree.children[0], tree.children[1])
        var shown = TypeFacts()
        switch sign {
        case .equal, .notEqual:
            shown = shown.and(facts(ofEquality: left, right, isEqual: (sign == .equal) == isTrue))
            shown = shown.and(facts(ofEquality: right, left, isEqual: (sign == .equal) == isTrue))
        case .in:
            if isTrue, case .literal(.string(let name)) = left.form, let path = path(of: right) {
                shown = TypeFacts(present: path + [name])
            }
        case .less, .lessEqual, .greater, .greaterEqual:
            // It came out at all, so both are there and have an order.
            for side in [left, right] { if let path = path(of: side) { shown = shown.and(TypeFacts(nonNull: path)) } }
        default: break
        }
        return shown
    }

    private func facts(ofEquality side: Syntax, _ other: Syntax, isEqual: Bool) -> TypeFacts {
        if case .call("type", isMethod: false) = side.form, let path = side.children.first.flatMap(path(of:)) {
            return TypeFacts(free: path)
        }
        guard let path = path(of: side) else { return TypeFacts() }
        guard case .literal(let value) = other.form else { return TypeFacts(present: path) }
        return value.isNull != isEqual ? TypeFacts(nonNull: path) : TypeFacts(present: path)
    }

    private mutating func facts(ofCall tree: Syntax, being isTrue: Bool) -> TypeFacts? {
        guard case .call(let name, let isMethod) = tree.form, let first = tree.children.first else {
            return TypeFacts()
        }
        if name == "has", !isMethod {
            return isTrue ? path(of: first).map { TypeFacts(present: $0) } ?? TypeFacts() : TypeFacts()
        }
        if name == "all", isMethod, isTrue, tree.children.count == 3, let range = path(of: first),
            case .identifier(let element, _) = tree.children[1].form
        {
            locals.append(Local(name: element, type: .any, path: range + ["[]"]))
            let shown = facts(of: tree.children[2], being: true)
            locals.removeLast()
            return shown?.filtered { $0.starts(with: range + ["[]"]) } ?? TypeFacts()
        }
        guard isMethod, ["contains", "startsWith", "endsWith"].contains(name), let path = path(of: first) else {
            return TypeFacts()
        }
        return TypeFacts(nonNull: path)
    }
}
