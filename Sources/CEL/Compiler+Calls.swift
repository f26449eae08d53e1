extension Compiler {
    /// A macro, a function of the standard library, or a node that says that there is no such function.
    mutating func call(
        _ target: Syntax?, _ name: String, _ arguments: [Syntax], at offset: Int
    ) throws(ParseError) -> Compiled {
        if let macro = Macro(rawValue: name), let expanded = try expand(macro, target, arguments, at: offset) { return expanded }
        let isMethod = target != nil
        note(call: name, arguments: arguments.count, isMethod: isMethod, at: offset)
        guard let function = StandardLibrary.function(name, arguments: arguments.count, method: isMethod) else {
            if let target { _ = try compile(target) }
            _ = try nodes(arguments)
            let what = isMethod ? "method" : "function"
            let message = "no \(what) \(name.quoted) takes \(arguments.count) argument\(arguments.count == 1 ? "" : "s")"
            return Compiled(FailingNode(Failure(.unknownFunction, message, at: offset)))
        }
        let all = try nodes(target.map { [$0] + arguments } ?? arguments)
        return Compiled(CallNode(function, all[0], all.count > 1 ? all[1] : nil, at: offset), function.resultKind)
    }

    /// Nil when the call only shares its name with a macro: then it is an ordinary call.
    private mutating func expand(
        _ macro: Macro, _ target: Syntax?, _ arguments: [Syntax], at offset: Int
    ) throws(ParseError) -> Compiled? {
        guard let target else { return macro == .has ? try has(arguments, at: offset) : nil }
        let variables: Int
        switch (macro, arguments.count) {
        case (.all, 2), (.exists, 2), (.existsOne, 2), (.existsOneOld, 2), (.filter, 2), (.map, 2), (.map, 3): variables = 1
        case (.all, 3), (.exists, 3), (.existsOne, 3), (.existsOneOld, 3): variables = 2
        case (.transformList, 3), (.transformList, 4), (.transformMap, 3), (.transformMap, 4): variables = 2
        default: return nil
        }
        var names: [String] = []
        for argument in arguments.prefix(variables) {
            guard case .identifier(let name, isAbsolute: false) = argument.form else {
                throw failure("the variable of '\(macro.rawValue)' must be a simple name", at: argument.offset)
            }
            guard !names.contains(name) else {
                throw failure("the two variables of '\(macro.rawValue)' must differ", at: argument.offset)
            }
            names.append(name)
        }
        let range = try compile(target).node
        return try binding(names) { compiler, first throws(ParseError) in
            let second = variables == 2 ? first + 1 : nil
            let iteration = Iteration(range: range, first: first, second: second, offset: offset, name: macro.rawValue)
            let rest = try compiler.nodes(Array(arguments.dropFirst(variables)))
            switch macro {
            case .all, .exists: return Compiled(QuantifierNode(iteration, isAll: macro == .all, rest[0]), .bool)
            case .existsOne, .existsOneOld: return Compiled(ExistsOneNode(iteration, rest[0]), .bool)
            case .transformMap:
                compiler.makesValues = true
                return Compiled(TransformMapNode(iteration, where: rest.count > 1 ? rest[0] : nil, rest[rest.count - 1]), .map)
            default:
                compiler.makesValues = true
                let predicate = macro == .filter || rest.count > 1 ? rest[0] : nil
                let transform = macro == .filter ? nil : rest[rest.count - 1]
                return Compiled(TransformListNode(iteration, where: predicate, transform), .list)
            }
        }
    }
}
