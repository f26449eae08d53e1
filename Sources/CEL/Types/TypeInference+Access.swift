extension TypeInference {
    /// A chain of selections from a name on.
    struct Chain {
        /// Under which conditions speak of the start.
        var path: [String]
        var type: ValueType
        /// As it is written.
        var text: String
        var offset: Int
        var fields: [String]
    }

    /// The chain that a tree is; `nil` for what begins with something else than a name.
    func chain(_ tree: Syntax) -> Chain? {
        var fields: [String] = []
        var tree = tree
        while true {
            switch tree.form {
            case .select(let name, _): fields.append(name)
            case .index:
                guard case .literal(.string(let name)) = tree.children[1].form else { return nil }
                fields.append(name)
            case .identifier(let name, let isAbsolute):
                let local = isAbsolute ? nil : locals.last { $0.name == name }
                let type = local?.type ?? names[name] ?? .any
                return Chain(
                    path: local?.path ?? [name], type: type, text: name, offset: tree.offset, fields: fields.reversed())
            default: return nil
            }
            tree = tree.children[0]
        }
    }

    /// The path that conditions know a tree by.
    func path(of tree: Syntax) -> [String]? { chain(tree).map { $0.path + $0.fields } }

    /// As an author calls it, for messages.
    func text(of tree: Syntax) -> String? {
        if case .literal(let value) = tree.form {
            return value.stringValue.map { "'\($0.prefix(32))'" } ?? String(JSON.string(value).prefix(32))
        }
        return chain(tree).map { "'" + ([$0.text] + $0.fields).joined(separator: ".") + "'" }
    }

    mutating func selected(_ tree: Syntax) -> ValueType {
        if let chain = chain(tree) { return followed(chain, isTest: false) }
        guard case .select(let name, _) = tree.form else { return .any }
        return member(name, of: type(of: tree.children[0]), [], "", tree.offset)
    }

    /// Walks along a chain; with `isTest` the last member is only asked for.
    mutating func followed(_ chain: Chain, isTest: Bool) -> ValueType {
        spend(chain.fields.count)
        var (path, text) = (chain.path, chain.text)
        var type = seen(chain.type, path)
        for (at, field) in chain.fields.enumerated() {
            let isAsked = isTest && at == chain.fields.count - 1
            type = member(field, of: type, path, text, chain.offset, isAsked: isAsked)
            path.append(field)
            text += ".\(field)"
            type = seen(type, path)
        }
        return type
    }

    /// What is left of a type by what conditions have shown.
    private func seen(_ type: ValueType, _ path: [String]) -> ValueType {
        if known.isFree(path) { return .any }
        return type.isNullKnown && known.isNotNull(path) ? type.withoutNull : type
    }

    private mutating func member(
        _ name: String, of type: ValueType, _ path: [String], _ text: String, _ offset: Int, isAsked: Bool = false
    ) -> ValueType {
        guard type.kinds.contains(.map) else {
            tell(.memberless(of: text, kinds: type.kinds, name: name), certain: true, at: offset)
            return .any
        }
        if type.isNullKnown {
            tell(.null(path: path, text: text), certain: false, at: offset)
        } else if !type.isAny, type.kinds != .map {
            tell(
                .memberless(of: text, kinds: type.kinds.subtracting(.map), name: name), certain: false, at: offset)
        }
        guard let members = type.members else { return .any }
        guard let member = members.byName[name] else {
            if !members.isOpen {
                let known = members.byName.keys.sorted()
                tell(.noMember(of: text, name: name, known: known), certain: true, at: offset)
            }
            return .any
        }
        let whole = path + [name]
        if !isAsked, member.presence != .always, !known.shows(whole) {
            tell(.missing(path: whole, text: "\(text).\(name)"), certain: member.presence == .never, at: offset)
        }
        return member.type
    }

    /// `e[i]`
    mutating func indexed(_ tree: Syntax) -> ValueType {
        if let chain = chain(tree) { return followed(chain, isTest: false) }
        let container = type(of: tree.children[0])
        let index = type(of: tree.children[1])
        require(tree.children[0], container, [.list, .map], "'_[_]'", at: tree.offset)
        if case .literal(.string(let name)) = tree.children[1].form, container.kinds == .map {
            return member(name, of: container, [], "", tree.offset)
        }
        guard container.kinds == .list else { return .any }
        require(tree.children[1], index, .number, "the index of a list", at: tree.offset)
        return container.items ?? .any
    }
}
