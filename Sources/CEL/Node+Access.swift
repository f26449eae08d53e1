/// A field of a path and where its name stands.
struct Field {
    let name: String
    let offset: Int
}

/// `a.b.c` from a variable on: the hot path of almost every expression of a workflow.
final class PathNode: Node {
    /// A name that could be a variable or type, and how many fields of the path it takes up.
    struct Candidate {
        let name: String
        let consumed: Int
    }

    let root: String
    let fields: [Field]
    /// Dotted names, longest first; only looked at when the scope has such names or the expression is in a container.
    let candidates: [Candidate]
    let hasContainer: Bool
    /// The type that the path means when no variable has its name.
    let type: Candidate?
    let offset: Int

    init(
        _ root: String, _ fields: [Field], candidates: [Candidate], hasContainer: Bool, type: Candidate?, at offset: Int
    ) {
        self.root = root
        self.fields = fields
        self.candidates = candidates
        self.hasContainer = hasContainer
        self.type = type
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1 + fields.count, at: offset)
        if !context.scope.hasDottedNames && !hasContainer {
            if let value = context.variable(root) { return try select(from: value, after: 0) }
        } else {
            for candidate in candidates {
                if let value = context.variable(candidate.name) {
                    return try select(from: value, after: candidate.consumed)
                }
            }
        }
        if let type { return try select(from: .type(type.name), after: type.consumed) }
        throw Failure(.undeclared, "no variable is named \(root.quoted)", at: offset)
    }

    private func select(from start: Value, after consumed: Int) throws(Failure) -> Value {
        var value = start
        var at = consumed
        while at < fields.count {
            value = try value.selecting(fields[at])
            at += 1
        }
        return value
    }
}

extension Value {
    /// The value under a field name.
    func selecting(_ field: Field) throws(Failure) -> Value {
        guard case .map(let map) = self else {
            throw Failure(.noSuchField, "type \(kind.name) has no fields, so no \(field.name.quoted)", at: field.offset)
        }
        guard let value = map[field.name] else {
            throw Failure(.noSuchKey, "no such key: \(field.name.quoted)", at: field.offset)
        }
        return value
    }
}

/// `e.f` where `e` is no path.
final class SelectNode: Node {
    let operand: any Node
    let field: Field

    init(_ operand: any Node, _ field: Field) {
        self.operand = operand
        self.field = field
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: field.offset)
        return try operand.evaluate(&context).selecting(field)
    }
}

/// `has(e.f)`
final class HasNode: Node {
    let operand: any Node
    let field: Field

    init(_ operand: any Node, _ field: Field) {
        self.operand = operand
        self.field = field
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: field.offset)
        return .bool(try has(try operand.evaluate(&context)))
    }

    private func has(_ value: Value) throws(Failure) -> Bool {
        guard case .map(let map) = value else {
            throw Failure(
                .noSuchField, "type \(value.kind.name) has no fields, so no \(field.name.quoted)", at: field.offset)
        }
        return map[field.name] != nil
    }
}

/// `e[i]`
final class IndexNode: Node {
    let operand: any Node
    let key: any Node
    let offset: Int

    init(_ operand: any Node, _ key: any Node, at offset: Int) {
        self.operand = operand
        self.key = key
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: offset)
        let container = try operand.evaluate(&context)
        return try element(of: container, at: try key.evaluate(&context), &context)
    }

    private func element(of container: Value, at index: Value, _ context: inout Evaluation) throws(Failure) -> Value {
        switch container {
        case .list(let elements): return try element(of: elements, at: index)
        case .map(let map):
            switch index {
            case .bool, .int, .uint, .string, .double: break
            default: throw Failure(.badKey, "a key of a map cannot be of type \(index.kind.name)", at: offset)
            }
            if case .string(let name) = index { try context.spend(bytes: name.utf8.count, at: offset) }
            guard let value = map[key: index] else {
                throw Failure(
                    .noSuchKey, "no such key: \((index.stringValue ?? JSON.string(index)).quoted)", at: offset)
            }
            return value
        default: throw .noOverload("_[_]", [container, index], at: offset)
        }
    }

    private func element(of elements: [Value], at index: Value) throws(Failure) -> Value {
        switch index.normalizedKey {
        case .int(let position):
            guard position >= 0, position < Int64(elements.count) else {
                throw Failure(
                    .indexOutOfRange, "index \(position) is outside of a list of \(elements.count)", at: offset)
            }
            return elements[Int(position)]
        case .uint(let position):
            throw Failure(.indexOutOfRange, "index \(position) is outside of a list of \(elements.count)", at: offset)
        case .double: throw Failure(.invalidArgument, "the index of a list must be a whole number", at: offset)
        default: throw .noOverload("_[_]", [.list([]), index], at: offset)
        }
    }
}
