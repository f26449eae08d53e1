extension TypeInference {
    mutating func called(_ tree: Syntax) -> ValueType {
        guard case .call(let name, let isMethod) = tree.form else { return .any }
        if let macro = Macro(rawValue: name) {
            if macro == .has, !isMethod, tree.children.count == 1 { return tested(tree.children[0]) }
            if isMethod, let count = macro.variables(arguments: tree.children.count - 1) {
                return expanded(macro, tree, count)
            }
        }
        var arguments: [ValueType] = []
        for child in tree.children { arguments.append(type(of: child)) }
        let count = isMethod ? tree.children.count - 1 : tree.children.count
        guard let function = StandardLibrary.function(name, arguments: count, method: isMethod) else { return .any }
        return applied(function, tree, arguments)
    }

    /// `has(e.f)`
    private mutating func tested(_ selection: Syntax) -> ValueType {
        if let chain = chain(selection) {
            _ = followed(chain, isTest: true)
        } else if let operand = selection.children.first {
            require(operand, type(of: operand), .map, "'has'", at: selection.offset)
        }
        return .of(.bool)
    }

    private mutating func applied(_ function: Function, _ tree: Syntax, _ arguments: [ValueType]) -> ValueType {
        let what = "'\(function.rawValue)'"
        guard let first = arguments.first else { return .any }
        if let takes = Self.takes(function) { require(tree.children[0], first, takes, what, at: tree.offset) }
        if arguments.count == 2 {
            let isMethod = !(function == .local || function == .days)
            require(
                tree.children[1], arguments[1], function == .days ? .int : .string,
                "the \(isMethod ? "" : "second ")argument of \(what)", at: tree.offset)
        }
        readForm(function, tree, first)
        switch function {
        case .dyn, .json: return .any
        case .days: return ValueType(.string, form: .date)
        case .split: return ValueType(.list, items: .of(.string))
        case .sum: return ValueType(first.items.map { $0.kinds.intersection(.number).union(.int) } ?? .number)
        default: break
        }
        return function.resultKind.map { ValueType.of($0) } ?? .any
    }

    /// A date alone is no time stamp, and the other way round.
    private mutating func readForm(_ function: Function, _ tree: Syntax, _ type: ValueType) {
        guard type.kinds == .string, let form = type.form, let text = text(of: tree.children[0]) else { return }
        let fits: [ValueType.Form]
        switch function {
        case .timestamp: fits = [.dateTime]
        case .duration: fits = [.duration]
        case .days: fits = [.date]
        case .int, .uint, .double: fits = []
        default: return
        }
        guard !fits.contains(form) else { return }
        tell(.form(text: text, form: form, wanted: function.rawValue), certain: true, at: tree.offset)
    }

    /// What the receiver or first argument may be; `nil`: anything.
    private static func takes(_ function: Function) -> ValueType.Kinds? {
        switch function {
        case .size: [.string, .bytes, .list, .map]
        case .int: [.int, .uint, .double, .string, .timestamp]
        case .uint, .double: [.int, .uint, .double, .string]
        case .string: [.string, .int, .uint, .double, .bool, .timestamp, .duration, .bytes]
        case .bytes: [.bytes, .string]
        case .bool: [.bool, .string]
        case .timestamp: [.timestamp, .int, .string]
        case .duration: [.duration, .string]
        case .contains, .startsWith, .endsWith, .json, .local, .days, .split: .string
        case .sum, .join: .list
        case .getHours, .getMinutes, .getSeconds, .getMilliseconds: [.timestamp, .duration]
        case .getFullYear, .getMonth, .getDate, .getDayOfMonth, .getDayOfWeek, .getDayOfYear: .timestamp
        default: nil
        }
    }

    // MARK: Macros

    private mutating func expanded(_ macro: Macro, _ tree: Syntax, _ count: Int) -> ValueType {
        let range = tree.children[0]
        let type = self.type(of: range)
        require(range, type, [.list, .map], "'\(macro.rawValue)'", at: tree.offset)
        let before = known
        bind(tree.children[1...count], type, over: path(of: range))
        let made = body(macro, type, tree.children[(count + 1)...])
        locals.removeLast(count)
        known = before
        return made
    }

    private mutating func bind(_ names: ArraySlice<Syntax>, _ range: ValueType, over path: [String]?) {
        let element = range.kinds == .list ? range.items ?? .any : .any
        let key: ValueType = range.kinds == .list ? .of(.int) : .any
        bound += 1
        for (at, name) in names.enumerated() {
            guard case .identifier(let name, _) = name.form else { continue }
            let isElement = at == names.count - 1
            locals.append(
                Local(
                    name: name, type: isElement ? element : key,
                    path: isElement ? path.map { $0 + ["[]"] } ?? ["#\(bound)"] : ["#\(bound) key"]))
        }
    }

    private mutating func body(_ macro: Macro, _ range: ValueType, _ rest: ArraySlice<Syntax>) -> ValueType {
        guard let last = rest.last, let first = rest.first else { return .any }
        switch macro {
        case .has, .all, .exists, .existsOne, .existsOneOld:
            require(last, type(of: last), .bool, "'\(macro.rawValue)'", at: last.offset)
            return .of(.bool)
        case .filter:
            require(last, type(of: last), .bool, "'filter'", at: last.offset)
            return ValueType(.list, items: range.kinds == .list ? filtered(by: last) : nil)
        case .map, .transformList, .transformMap:
            if rest.count > 1 {
                require(first, type(of: first), .bool, "'\(macro.rawValue)'", at: first.offset)
                if let shown = facts(of: first, being: true) { known = known.and(shown) }
            }
            let value = type(of: last)
            return macro == .transformMap ? .of(.map) : ValueType(.list, items: value)
        }
    }

    /// The elements that a predicate leaves, with what it has shown of them.
    private mutating func filtered(by predicate: Syntax) -> ValueType? {
        guard let element = locals.last, !element.type.isAny else { return nil }
        guard let shown = facts(of: predicate, being: true) else { return element.type }
        return element.type.narrowed(by: shown, element.path)
    }
}

extension ValueType {
    /// With the members of a map that were shown to be there.
    func narrowed(by facts: TypeFacts, _ path: [String]) -> ValueType {
        if facts.isFree(path) { return .any }
        let type = facts.isNotNull(path) ? withoutNull : self
        guard var members = type.members else { return type }
        for (name, member) in members.byName where facts.shows(path + [name]) {
            members.byName[name] = Member(member.type.narrowed(by: facts, path + [name]))
        }
        return ValueType(
            type.kinds, members: members, items: type.items, texts: type.texts, form: type.form,
            isNullKnown: type.isNullKnown)
    }
}
