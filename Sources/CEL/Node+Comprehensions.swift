/// A macro that runs over a list or the keys of a map.
struct Iteration {
    let range: any Node
    /// The slot of the element (of the key, for a map), or with two variables that of the index or key.
    let first: Int
    /// With two variables the slot of the element or value.
    let second: Int?
    let offset: Int
    let name: String

    /// Runs `body` for each element until it returns false; the variables are bound.
    func run(_ context: inout Evaluation, _ body: (inout Evaluation) throws(Failure) -> Bool) throws(Failure) {
        let value = try range.evaluate(&context)
        let count = try self.count(value)
        var at = 0
        while at < count {
            try context.spend(1, at: offset)
            bind(value, at, &context)
            guard try body(&context) else { return }
            at += 1
        }
    }

    private func count(_ value: Value) throws(Failure) -> Int {
        switch value {
        case .list(let elements): elements.count
        case .map(let map): map.count
        default: throw .noOverload(name, [value], at: offset)
        }
    }

    private func bind(_ value: Value, _ at: Int, _ context: inout Evaluation) {
        switch value {
        case .list(let elements):
            context.locals[first] = second == nil ? elements[at] : .int(Int64(at))
            if let second { context.locals[second] = elements[at] }
        case .map(let map):
            context.locals[first] = map.entries[at].key
            if let second { context.locals[second] = map.entries[at].value }
        default: break
        }
    }

    /// The bool that the predicate gives for the variables as they are bound.
    func test(_ predicate: any Node, _ context: inout Evaluation) throws(Failure) -> Bool {
        try predicate.evaluate(&context).truth(for: name, at: offset)
    }
}

/// `all` and `exists`: `&&` and `||` over all elements, with the same handling of errors.
final class QuantifierNode: Node {
    let iteration: Iteration
    let isAll: Bool
    let predicate: any Node

    init(_ iteration: Iteration, isAll: Bool, _ predicate: any Node) {
        self.iteration = iteration
        self.isAll = isAll
        self.predicate = predicate
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: iteration.offset)
        var failure: Failure?
        var decided = false
        try iteration.run(&context) { context throws(Failure) in
            do throws(Failure) {
                decided = try iteration.test(predicate, &context) != isAll
            } catch {
                if error.code == .cost { throw error }
                failure = failure ?? error
            }
            return !decided
        }
        if decided { return .bool(!isAll) }
        if let failure { throw failure }
        return .bool(isAll)
    }
}

/// `exists_one`: an error of any element is the error of the whole.
final class ExistsOneNode: Node {
    let iteration: Iteration
    let predicate: any Node

    init(_ iteration: Iteration, _ predicate: any Node) {
        self.iteration = iteration
        self.predicate = predicate
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: iteration.offset)
        var count = 0
        try iteration.run(&context) { context throws(Failure) in
            if try iteration.test(predicate, &context) { count += 1 }
            return true
        }
        return .bool(count == 1)
    }
}

/// `map`, `filter` and `transformList`: a list of what `transform` gives (without one: of the elements) where
/// `predicate` holds.
final class TransformListNode: Node {
    let iteration: Iteration
    let predicate: (any Node)?
    let transform: (any Node)?

    init(_ iteration: Iteration, where predicate: (any Node)?, _ transform: (any Node)?) {
        self.iteration = iteration
        self.predicate = predicate
        self.transform = transform
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: iteration.offset)
        var values: [Value] = []
        try iteration.run(&context) { context throws(Failure) in
            if let predicate, try !iteration.test(predicate, &context) { return true }
            values.append(try transform?.evaluate(&context) ?? context.locals[iteration.first])
            return true
        }
        return .list(values)
    }
}

/// `transformMap`: a map with the same keys (the indexes, for a list) and other values.
final class TransformMapNode: Node {
    let iteration: Iteration
    let predicate: (any Node)?
    let transform: any Node

    init(_ iteration: Iteration, where predicate: (any Node)?, _ transform: any Node) {
        self.iteration = iteration
        self.predicate = predicate
        self.transform = transform
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: iteration.offset)
        var entries: [(key: Value, value: Value)] = []
        try iteration.run(&context) { context throws(Failure) in
            if let predicate, try !iteration.test(predicate, &context) { return true }
            let value = try transform.evaluate(&context)
            entries.append((context.locals[iteration.first], value))
            return true
        }
        return .map(MapValue(entries: entries))
    }
}
