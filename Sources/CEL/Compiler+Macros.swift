/// What looks like a call and is expanded by the compiler.
enum Macro: String, CaseIterable {
    case has, all, exists, map, filter, transformList, transformMap
    case existsOne
    case existsOneOld = "exists_one"

    /// How many variables it binds when called with so many arguments; nil when it is no macro then but an ordinary
    /// call.
    func variables(arguments: Int) -> Int? {
        switch (self, arguments) {
        case (.all, 2), (.exists, 2), (.existsOne, 2), (.existsOneOld, 2), (.filter, 2), (.map, 2), (.map, 3): 1
        case (.all, 3), (.exists, 3), (.existsOne, 3), (.existsOneOld, 3): 2
        case (.transformList, 3), (.transformList, 4), (.transformMap, 3), (.transformMap, 4): 2
        default: nil
        }
    }
}

extension Compiler {
    /// The macro that a call is and the variables that it binds, or nil for what is none.
    struct Expansion {
        let macro: Macro
        let names: [String]
    }

    func macro(_ tree: Syntax) throws(ParseError) -> Expansion? {
        guard case .call(let name, let isMethod) = tree.form, let macro = Macro(rawValue: name) else { return nil }
        if macro == .has {
            if isMethod { return nil }
            guard tree.children.count == 1, case .select(let field, _) = tree.children[0].form else {
                throw failure("has() takes one selection of a field, such as has(input.name)", at: tree.offset)
            }
            return Expansion(macro: .has, names: [field])
        }
        guard isMethod, let variables = macro.variables(arguments: tree.children.count - 1) else { return nil }
        var names: [String] = []
        for argument in tree.children[1...variables] {
            guard case .identifier(let name, isAbsolute: false) = argument.form else {
                throw failure("the variable of '\(macro.rawValue)' must be a simple name", at: argument.offset)
            }
            guard !names.contains(name) else {
                throw failure("the two variables of '\(macro.rawValue)' must differ", at: argument.offset)
            }
            names.append(name)
        }
        return Expansion(macro: macro, names: names)
    }

    mutating func expand(_ expansion: Expansion, _ tree: Syntax) throws(ParseError) -> Compiled {
        if expansion.macro == .has { return try has(tree.children[0], expansion.names[0]) }
        let range = try compile(tree.children[0])
        let first = bind(expansion.names)
        let rest = try compile(all: tree.children[(1 + expansion.names.count)...])
        unbind(expansion.names.count)
        return build(expansion, range.node, first, rest.map(\.node), at: tree.offset)
    }

    private mutating func build(
        _ expansion: Expansion, _ range: any Node, _ first: Int, _ rest: [any Node], at offset: Int
    ) -> Compiled {
        let macro = expansion.macro
        let second = expansion.names.count == 2 ? first + 1 : nil
        let iteration = Iteration(range: range, first: first, second: second, offset: offset, name: macro.rawValue)
        let last = rest[rest.count - 1]
        switch macro {
        case .has, .all, .exists: return Compiled(QuantifierNode(iteration, isAll: macro == .all, last), .bool)
        case .existsOne, .existsOneOld: return Compiled(ExistsOneNode(iteration, last), .bool)
        case .filter:
            noteThatItMakesValues()
            return Compiled(TransformListNode(iteration, where: last, nil), .list)
        case .map, .transformList:
            noteThatItMakesValues()
            return Compiled(TransformListNode(iteration, where: rest.count > 1 ? rest[0] : nil, last), .list)
        case .transformMap:
            noteThatItMakesValues()
            return Compiled(TransformMapNode(iteration, where: rest.count > 1 ? rest[0] : nil, last), .map)
        }
    }
}
