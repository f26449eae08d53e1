/// A node of the compiled expression. Each kind is a class of its own, so that evaluating recurses through small stack
/// frames.
protocol Node: AnyObject, Sendable {
    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value
}

/// A literal.
final class ConstantNode: Node {
    let value: Value

    init(_ value: Value) { self.value = value }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value { value }
}

/// What always fails: an unknown function, a message. It fails when it is reached, since `f() || true` is true.
final class FailingNode: Node {
    let failure: Failure

    init(_ failure: Failure) { self.failure = failure }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value { throw failure }
}

/// A variable that a macro binds.
final class LocalNode: Node {
    let slot: Int
    let offset: Int

    init(_ slot: Int, at offset: Int) {
        self.slot = slot
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: offset)
        return context.locals[slot]
    }
}

/// `[a, b]`
final class ListNode: Node {
    let elements: [any Node]
    let offset: Int

    init(_ elements: [any Node], at offset: Int) {
        self.elements = elements
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1 + elements.count, at: offset)
        var values: [Value] = []
        values.reserveCapacity(elements.count)
        for element in elements { values.append(try element.evaluate(&context)) }
        return .list(values)
    }
}

/// `{k: v}`
final class MapNode: Node {
    let entries: [(key: any Node, value: any Node)]
    let offset: Int

    init(_ entries: [(key: any Node, value: any Node)], at offset: Int) {
        self.entries = entries
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1 + entries.count, at: offset)
        var values: [(key: Value, value: Value)] = []
        values.reserveCapacity(entries.count)
        for entry in entries { values.append((try entry.key.evaluate(&context), try entry.value.evaluate(&context))) }
        return try map(values)
    }

    private func map(_ entries: [(key: Value, value: Value)]) throws(Failure) -> Value {
        for entry in entries {
            switch entry.key {
            case .bool, .int, .uint, .string: break
            default: throw Failure(.badKey, "a key of a map cannot be of type \(entry.key.kind.name)", at: offset)
            }
        }
        var duplicate = 0
        if let map = MapValue(unique: entries, duplicate: &duplicate) { return .map(map) }
        throw Failure(.badKey, "the map has the key \(JSON.string(entries[duplicate].key).quoted) twice", at: offset)
    }
}

/// `c ? a : b`
final class ConditionalNode: Node {
    let condition: any Node
    let yes: any Node
    let no: any Node
    let offset: Int

    init(_ condition: any Node, _ yes: any Node, _ no: any Node, at offset: Int) {
        self.condition = condition
        self.yes = yes
        self.no = no
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: offset)
        let chosen = try condition.evaluate(&context).truth(for: "_ ? _ : _", at: offset)
        return try (chosen ? yes : no).evaluate(&context)
    }
}

/// A chain of `&&` or `||`: an operand that decides wins over errors before and after it (cel-spec, "Logical
/// Operators").
final class LogicNode: Node {
    let isAnd: Bool
    let operands: [any Node]
    let offset: Int

    init(isAnd: Bool, _ operands: [any Node], at offset: Int) {
        self.isAnd = isAnd
        self.operands = operands
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(operands.count, at: offset)
        var failure: Failure?
        for operand in operands {
            do throws(Failure) {
                let value = try operand.evaluate(&context)
                guard case .bool(let isTrue) = value else {
                    throw .noOverload(isAnd ? "&&" : "||", [value], at: offset)
                }
                if isTrue != isAnd { return value }
            } catch {
                // An exhausted budget ends the evaluation; it is no value that another operand could outweigh.
                if error.code == .cost { throw error }
                failure = failure ?? error
            }
        }
        if let failure { throw failure }
        return .bool(isAnd)
    }
}

extension Value {
    /// The bool that an operator or macro needs.
    func truth(for name: String, at offset: Int) throws(Failure) -> Bool {
        guard case .bool(let isTrue) = self else { throw .noOverload(name, [self], at: offset) }
        return isTrue
    }
}

extension Failure {
    /// That no overload takes values of these types.
    static func noOverload(_ name: String, _ values: [Value], at offset: Int) -> Failure {
        let types = values.map(\.kind.name).joined(separator: ", ")
        return Failure(.noSuchOverload, "no overload of '\(name)' takes (\(types))\(cure(name, values))", at: offset)
    }

    /// A time that was kept is JSON, and so a text: what has to be a time again must say so.
    private static func cure(_ name: String, _ values: [Value]) -> String {
        let isAsked =
            Function(rawValue: name)?.takesZone == true
            || values.contains { [.timestamp, .duration].contains($0.kind) }
        guard isAsked else { return "" }
        for case .string(let text) in values where text.utf8.count <= 64 {
            if Timestamp(rfc3339: text) != nil {
                return "; a time that is kept is a text: convert it by 'timestamp(…)'"
            }
            if Duration(parsing: text) != nil {
                return "; a duration that is kept is a text: convert it by 'duration(…)'"
            }
        }
        return ""
    }
}
