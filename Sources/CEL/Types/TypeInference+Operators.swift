extension TypeInference {
    /// What an operand must be of: certain when it can be nothing that is taken.
    mutating func require(
        _ tree: Syntax, _ type: ValueType, _ takes: ValueType.Kinds, _ what: String, at offset: Int
    ) {
        let rest = type.kinds.subtracting(takes)
        if type.kinds.isDisjoint(with: takes) {
            let cure = takes.isDisjoint(with: [.timestamp, .duration]) ? "" : timeCure(tree, type)
            tell(.operands("\(what) cannot take \(described(tree, type.kinds))\(cure)"), certain: true, at: offset)
        } else if type.isNullKnown, rest.contains(.null) {
            tellNull(tree, what, at: offset)
        } else if !type.isAny, !rest.isEmpty {
            tell(.operands("\(what) cannot take \(described(tree, rest))"), certain: false, at: offset)
        }
    }

    private mutating func tellNull(_ tree: Syntax, _ what: String, at offset: Int) {
        if let chain = chain(tree) {
            let text = ([chain.text] + chain.fields).joined(separator: ".")
            tell(.null(path: chain.path + chain.fields, text: text), certain: false, at: chain.offset)
        } else {
            tell(.operands("\(what) cannot take null"), certain: false, at: offset)
        }
    }

    /// What to write where a time is wanted and a text is there that holds one: what is kept is JSON.
    private func timeCure(_ tree: Syntax, _ type: ValueType) -> String {
        guard type.kinds == .string, let text = chain(tree).map({ ([$0.text] + $0.fields).joined(separator: ".") })
        else {
            return ""
        }
        switch type.form {
        case .dateTime: return "; a time that is kept is a text: write 'timestamp(\(text))'"
        case .duration: return "; a duration that is kept is a text: write 'duration(\(text))'"
        default: return ""
        }
    }

    /// `'input.name' (string)`
    func described(_ tree: Syntax, _ kinds: ValueType.Kinds) -> String {
        let name = kinds.list.map(\.name).joined(separator: " or ")
        return text(of: tree).map { "\($0) (\(name))" } ?? (name == "null" ? name : "a value of type \(name)")
    }

    mutating func combined(_ sign: BinaryOperator, _ tree: Syntax) -> ValueType {
        let left = type(of: tree.children[0])
        let right = type(of: tree.children[1])
        switch sign {
        case .equal, .notEqual:
            compare(sign, tree, left, right)
            return .of(.bool)
        case .in:
            contain(tree, left, right)
            return .of(.bool)
        default: break
        }
        let isOrder = [.less, .lessEqual, .greater, .greaterEqual].contains(sign)
        let made = pair(tree, left, right) { isOrder ? Self.ordered($0, $1) : Self.arithmetic(sign, $0, $1) }
        guard made == .list else { return ValueType(made.isEmpty ? .all : made) }
        guard let one = left.items, let other = right.items else { return .of(.list) }
        return ValueType(.list, items: one.or(other))
    }

    /// The kinds that an operator makes of all pairs of kinds; pairs that it does not take are faults.
    private mutating func pair(
        _ tree: Syntax, _ left: ValueType, _ right: ValueType, _ make: (Kind, Kind) -> Kind?
    ) -> ValueType.Kinds {
        var made: ValueType.Kinds = []
        var failing: (Kind, Kind)?
        let others = right.kinds.list
        for one in left.kinds.list {
            for other in others {
                if let kind = make(one, other) {
                    made.insert(.init(kind))
                } else if failing == nil || failing?.0 == .null || failing?.1 == .null {
                    failing = (one, other)
                }
            }
        }
        guard case .binary(let sign) = tree.form, let failing else { return made }
        let (first, second) = (tree.children[0], tree.children[1])
        let what = "operator '\(sign.rawValue)'"
        if made.isEmpty {
            let text =
                "\(what) cannot take \(described(first, left.kinds)) and \(described(second, right.kinds))"
                + (right.kinds.isDisjoint(with: [.timestamp, .duration]) ? "" : timeCure(first, left))
                + (left.kinds.isDisjoint(with: [.timestamp, .duration]) ? "" : timeCure(second, right))
            tell(
                .operands(left.isAny || right.isAny ? oneSided(what, tree, left, right) : text), certain: true,
                at: tree.offset)
        } else {
            if left.isNullKnown { tellNull(first, what, at: tree.offset) }
            if right.isNullKnown { tellNull(second, what, at: tree.offset) }
            guard !left.isAny, !right.isAny, failing.0 != .null, failing.1 != .null else { return made }
            let pair = "\(described(first, .init(failing.0))) and \(described(second, .init(failing.1)))"
            tell(.operands("\(what) cannot take \(pair)"), certain: false, at: tree.offset)
        }
        return made
    }

    /// When nothing goes with one operand, whatever the other is.
    private func oneSided(_ what: String, _ tree: Syntax, _ left: ValueType, _ right: ValueType) -> String {
        let (at, type) = left.isAny ? (1, right) : (0, left)
        return "\(what) cannot take \(described(tree.children[at], type.kinds))"
    }

    /// What `<` and its like give for two kinds (cel-spec, "List of Standard Definitions").
    private static func ordered(_ left: Kind, _ right: Kind) -> Kind? {
        let numbers: Set<Kind> = [.int, .uint, .double]
        if numbers.contains(left), numbers.contains(right) { return .bool }
        let isOrdered = [.bool, .string, .bytes, .timestamp, .duration].contains(left)
        return left == right && isOrdered ? .bool : nil
    }

    /// What `+ - * / %` give for two kinds.
    private static func arithmetic(_ sign: BinaryOperator, _ left: Kind, _ right: Kind) -> Kind? {
        switch (left, right) {
        case (.int, .int), (.uint, .uint): return left
        case (.double, .double): return sign == .remainder ? nil : .double
        case (.string, .string), (.bytes, .bytes), (.list, .list): return sign == .add ? left : nil
        case (.timestamp, .duration): return sign == .add || sign == .subtract ? .timestamp : nil
        case (.duration, .timestamp): return sign == .add ? .timestamp : nil
        case (.timestamp, .timestamp): return sign == .subtract ? .duration : nil
        case (.duration, .duration): return sign == .add || sign == .subtract ? .duration : nil
        default: return nil
        }
    }

    /// `==` never fails; what it never finds equal is a slip all the same.
    private mutating func compare(_ sign: BinaryOperator, _ tree: Syntax, _ left: ValueType, _ right: ValueType) {
        guard let why = neverEqual(tree.children[0], left, tree.children[1], right) else { return }
        let always = sign == .equal ? "false" : "true"
        tell(.neverEqual("'\(sign.rawValue)' is always \(always): \(why)"), certain: false, at: tree.offset)
    }

    private mutating func contain(_ tree: Syntax, _ element: ValueType, _ container: ValueType) {
        require(tree.children[1], container, [.list, .map], "operator 'in'", at: tree.offset)
        guard container.kinds == .list, let items = container.items,
            let why = neverEqual(tree.children[0], element, tree.children[1], items, isList: true)
        else { return }
        tell(.neverEqual("'in' is always false: \(why)"), certain: false, at: tree.offset)
    }

    private func neverEqual(
        _ first: Syntax, _ left: ValueType, _ second: Syntax, _ right: ValueType, isList: Bool = false
    ) -> String? {
        guard !left.isAny, !right.isAny, left.kinds != .null, right.kinds != .null else { return nil }
        func classes(_ kinds: ValueType.Kinds) -> ValueType.Kinds {
            kinds.isDisjoint(with: .number) ? kinds : kinds.union(.number)
        }
        let other =
            isList
            ? "an element of type \(right.kinds.list.map(\.name).joined(separator: " or "))"
            : described(second, right.kinds)
        if classes(left.kinds).isDisjoint(with: classes(right.kinds)) {
            return "\(described(first, left.kinds)) is never equal to \(other)"
        }
        guard left.kinds == .string, right.kinds == .string, let one = left.texts, let two = right.texts,
            one.isDisjoint(with: two)
        else { return nil }
        let (named, set) = one.count > two.count ? (first, one) : (second, two)
        let list = set.sorted().prefix(12).map { "'\($0)'" }.joined(separator: ", ")
        let literal = text(of: one.count > two.count ? second : first) ?? "the other"
        return "\(text(of: named) ?? "it") is one of \(list), never \(literal)"
    }
}
