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

    /// What needs no children compiled: a literal, a macro's variable, a whole path.
    mutating func leaf(_ tree: Syntax) throws(ParseError) -> Compiled? {
        switch tree.form {
        case .literal: return build(tree, [])
        case .identifier(let name, isAbsolute: false):
            if let slot = slot(of: name) { return Compiled(LocalNode(slot, at: tree.offset)) }
            return path(tree).map { compile($0) }
        case .identifier, .select, .index: return path(tree).map { compile($0) }
        default: return nil
        }
    }

    private func path(_ tree: Syntax) -> Path? {
        var fields: [(field: Field, isPlain: Bool)] = []
        var tree = tree
        while true {
            switch tree.form {
            case .select(let name, let isQuoted): fields.append((Field(name: name, offset: tree.offset), !isQuoted))
            case .index:
                guard case .literal(.string(let name)) = tree.children[1].form else { return nil }
                fields.append((Field(name: name, offset: tree.offset), false))
            case .identifier(let name, let isAbsolute):
                if !isAbsolute, slot(of: name) != nil { return nil }
                fields.reverse()
                let plain = fields.firstIndex { !$0.isPlain } ?? fields.count
                return Path(
                    root: name, isAbsolute: isAbsolute, offset: tree.offset, fields: fields.map(\.field), plain: plain)
            default: return nil
            }
            tree = tree.children[0]
        }
    }

    private mutating func compile(_ path: Path) -> Compiled {
        let node = node(path)
        guard let type = node.type else {
            note(reference: [path.root] + path.fields.map(\.name), isTest: false, at: path.offset)
            return Compiled(node)
        }
        return Compiled(node, type.consumed == path.fields.count ? .type : nil)
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
            for scope in scopes {
                candidates.append(PathNode.Candidate(name: scope + names[consumed], consumed: consumed))
            }
        }
        let type = candidates.first { Kind(rawValue: $0.name) != nil }
        return PathNode(
            path.root, path.fields, candidates: candidates, hasContainer: scopes.count > 1, type: type, at: path.offset)
    }

    /// `has(e.f)`: what it asks for is a test, not a read.
    mutating func has(_ selection: Syntax, _ name: String) throws(ParseError) -> Compiled {
        let operand = selection.children[0]
        let field = Field(name: name, offset: selection.offset)
        guard let path = path(operand) else { return Compiled(HasNode(try compile(operand).node, field), .bool) }
        let inner = node(path)
        if inner.type == nil {
            note(reference: [path.root] + path.fields.map(\.name) + [name], isTest: true, at: path.offset)
        }
        return Compiled(HasNode(inner, field), .bool)
    }
}
