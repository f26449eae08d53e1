extension Compiler {
    /// A chain of selections and indexes by literal strings from a name on.
    private struct Path {
        var root: String
        var isAbsolute: Bool
        var offset: Int
        var fields: [Field] = []
        /// How many fields from the front are plain selections, which can be part of a dotted name.
        var plain = 0
    }

    /// Names, selections and indexes: one node for a whole path where there is one.
    mutating func access(_ tree: Syntax) throws(ParseError) -> Compiled {
        if let path = path(tree) { return compile(path) }
        if case .identifier(let name, _) = tree.form, let slot = slot(of: name) { return Compiled(LocalNode(slot, at: tree.offset)) }
        switch tree.form {
        case .select(let operand, let name, _):
            return Compiled(SelectNode(try compile(operand).node, Field(name: name, offset: tree.offset)))
        case .index(let operand, let key):
            let operand = try compile(operand).node
            return Compiled(IndexNode(operand, try compile(key).node, at: tree.offset))
        default: throw failure("unexpected name", at: tree.offset)
        }
    }

    private func path(_ tree: Syntax) -> Path? {
        switch tree.form {
        case .identifier(let name, let isAbsolute):
            if !isAbsolute, slot(of: name) != nil { return nil }
            return Path(root: name, isAbsolute: isAbsolute, offset: tree.offset)
        case .select(let operand, let name, let isQuoted):
            guard var path = path(operand) else { return nil }
            if !isQuoted, path.plain == path.fields.count { path.plain += 1 }
            path.fields.append(Field(name: name, offset: tree.offset))
            return path
        default: return nil
        }
    }

    private mutating func compile(_ path: Path) -> Compiled {
        let node = node(path)
        if node.type == nil { note(reference: [path.root] + path.fields.map(\.name), isTest: false, at: path.offset) }
        return Compiled(node, node.type?.consumed == path.fields.count && node.type != nil ? .type : nil)
    }

    private func node(_ path: Path) -> PathNode {
        var names = [path.root]
        for field in path.fields.prefix(path.plain) { names.append(names[names.count - 1] + "." + field.name) }
        var scopes = [""]
        if !path.isAbsolute, !container.isEmpty {
            var prefix = ""
            for part in container.split(separator: ".") {
                prefix += part + "."
                scopes.insert(prefix, at: 0)
            }
        }
        var candidates: [PathNode.Candidate] = []
        for consumed in names.indices.reversed() {
            for scope in scopes { candidates.append(PathNode.Candidate(name: scope + names[consumed], consumed: consumed)) }
        }
        let type = candidates.first { Kind(rawValue: $0.name) != nil }
        return PathNode(
            path.root, path.fields, candidates: candidates, hasContainer: scopes.count > 1, type: type, at: path.offset)
    }
}

extension Compiler {
    /// `has(e.f)`
    mutating func has(_ arguments: [Syntax], at offset: Int) throws(ParseError) -> Compiled {
        guard arguments.count == 1, case .select(let operand, let name, _) = arguments[0].form else {
            throw failure("has() takes one selection of a field, such as has(input.name)", at: offset)
        }
        let field = Field(name: name, offset: arguments[0].offset)
        guard let path = path(operand) else { return Compiled(HasNode(try compile(operand).node, field), .bool) }
        let inner = node(path)
        if inner.type == nil { note(reference: [path.root] + path.fields.map(\.name) + [name], isTest: true, at: path.offset) }
        return Compiled(HasNode(inner, field), .bool)
    }
}
