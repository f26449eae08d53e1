/// `!e`
final class NotNode: Node {
    let operand: any Node
    let offset: Int

    init(_ operand: any Node, at offset: Int) {
        self.operand = operand
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: offset)
        return .bool(try !operand.evaluate(&context).truth(for: "!", at: offset))
    }
}

/// `-e`
final class NegateNode: Node {
    let operand: any Node
    let offset: Int

    init(_ operand: any Node, at offset: Int) {
        self.operand = operand
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: offset)
        return try negative(try operand.evaluate(&context))
    }

    private func negative(_ value: Value) throws(Failure) -> Value {
        switch value {
        case .double(let number): return .double(-number)
        case .int(let number):
            guard number != .min else { throw .overflow("-", at: offset) }
            return .int(-number)
        default: throw .noOverload("-", [value], at: offset)
        }
    }
}

/// `a + b` and its like.
final class ArithmeticNode: Node {
    let sign: BinaryOperator
    let left: any Node
    let right: any Node
    let offset: Int

    init(_ sign: BinaryOperator, _ left: any Node, _ right: any Node, at offset: Int) {
        self.sign = sign
        self.left = left
        self.right = right
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: offset)
        let first = try left.evaluate(&context)
        let second = try right.evaluate(&context)
        return try context.arithmetic(sign, first, second, at: offset)
    }
}

/// `a == b` and `a != b`
final class EqualityNode: Node {
    let isNegated: Bool
    let left: any Node
    let right: any Node
    let offset: Int

    init(isNegated: Bool, _ left: any Node, _ right: any Node, at offset: Int) {
        self.isNegated = isNegated
        self.left = left
        self.right = right
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        let first = try left.evaluate(&context)
        let second = try right.evaluate(&context)
        return .bool(try context.equal(first, second, at: offset) != isNegated)
    }
}

/// `a < b` and its like.
final class OrderNode: Node {
    let sign: BinaryOperator
    let left: any Node
    let right: any Node
    let offset: Int

    init(_ sign: BinaryOperator, _ left: any Node, _ right: any Node, at offset: Int) {
        self.sign = sign
        self.left = left
        self.right = right
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: offset)
        let first = try left.evaluate(&context)
        let second = try right.evaluate(&context)
        // Unordered, which is NaN, is false for all four.
        guard let order = try context.order(sign, first, second, at: offset) else { return .bool(false) }
        return .bool(holds(order))
    }

    private func holds(_ order: Int) -> Bool {
        switch sign {
        case .less: order < 0
        case .lessEqual: order <= 0
        case .greater: order > 0
        default: order >= 0
        }
    }
}

/// `a in b`
final class InNode: Node {
    let element: any Node
    let container: any Node
    let offset: Int

    init(_ element: any Node, _ container: any Node, at offset: Int) {
        self.element = element
        self.container = container
        self.offset = offset
    }

    func evaluate(_ context: inout Evaluation) throws(Failure) -> Value {
        try context.spend(1, at: offset)
        let wanted = try element.evaluate(&context)
        return .bool(try contains(wanted, in: try container.evaluate(&context), &context))
    }

    private func contains(_ wanted: Value, in container: Value, _ context: inout Evaluation) throws(Failure) -> Bool {
        switch container {
        case .list(let elements):
            for candidate in elements where try context.equal(wanted, candidate, at: offset) { return true }
            return false
        case .map(let map):
            switch wanted {
            case .list, .map: return false
            case .string(let name): try context.spend(bytes: name.utf8.count, at: offset)
            default: break
            }
            return map[key: wanted] != nil
        default: throw .noOverload("in", [wanted, container], at: offset)
        }
    }
}

extension Failure {
    /// That a result does not fit its type.
    static func overflow(_ name: String, at offset: Int) -> Failure {
        Failure(.overflow, "the result of '\(name)' is out of range", at: offset)
    }
}
