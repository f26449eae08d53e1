extension Evaluation {
    /// The language's equality: numbers whatever their types, other types only with their own; NaN equals nothing. Each
    /// value that is looked at costs a step, since lists may share elements and so be far larger than their memory.
    mutating func equal(_ left: Value, _ right: Value, at offset: Int) throws(Failure) -> Bool {
        try spend(1, at: offset)
        // Only lists and maps recurse, and a JSON document may be deep: what does not recurse is in a function of its
        // own.
        if case .list(let a) = left, case .list(let b) = right { return try equal(a, b, at: offset) }
        if case .map(let a) = left, case .map(let b) = right { return try equal(a, b, at: offset) }
        return try equalScalars(left, right, at: offset)
    }

    private mutating func equalScalars(_ left: Value, _ right: Value, at offset: Int) throws(Failure) -> Bool {
        switch (left, right) {
        case (.string(let a), .string(let b)):
            try spend(bytes: min(a.utf8.count, b.utf8.count), at: offset)
            return a.hasSameBytes(as: b)
        case (.int(let a), .int(let b)): return a == b
        case (.null, .null): return true
        case (.bool(let a), .bool(let b)): return a == b
        case (.bytes(let a), .bytes(let b)):
            try spend(bytes: min(a.count, b.count), at: offset)
            return a == b
        case (.timestamp(let a), .timestamp(let b)): return a == b
        case (.duration(let a), .duration(let b)): return a == b
        case (.type(let a), .type(let b)): return a == b
        default: return Self.numericOrder(left, right) == .some(0)
        }
    }

    private mutating func equal(_ left: [Value], _ right: [Value], at offset: Int) throws(Failure) -> Bool {
        guard left.count == right.count else { return false }
        var at = 0
        while at < left.count {
            guard try equal(left[at], right[at], at: offset) else { return false }
            at += 1
        }
        return true
    }

    private mutating func equal(_ left: MapValue, _ right: MapValue, at offset: Int) throws(Failure) -> Bool {
        guard left.count == right.count else { return false }
        for entry in left.entries {
            guard let other = right[key: entry.key] else { return false }
            guard try equal(entry.value, other, at: offset) else { return false }
        }
        return true
    }

    /// -1, 0 or 1; nil when one is NaN.
    mutating func order(_ sign: BinaryOperator, _ left: Value, _ right: Value, at offset: Int) throws(Failure) -> Int? {
        switch (left, right) {
        case (.int(let a), .int(let b)): return a < b ? -1 : a == b ? 0 : 1
        case (.string(let a), .string(let b)):
            try spend(bytes: min(a.utf8.count, b.utf8.count), at: offset)
            return a.compareBytes(with: b)
        case (.bytes(let a), .bytes(let b)):
            try spend(bytes: min(a.count, b.count), at: offset)
            return a == b ? 0 : a.lexicographicallyPrecedes(b) ? -1 : 1
        case (.bool(let a), .bool(let b)): return a == b ? 0 : b ? -1 : 1
        case (.timestamp(let a), .timestamp(let b)): return a < b ? -1 : a == b ? 0 : 1
        case (.duration(let a), .duration(let b)): return a < b ? -1 : a == b ? 0 : 1
        default:
            guard left.isNumber && right.isNumber else { throw .noOverload(sign.rawValue, [left, right], at: offset) }
            return Self.numericOrder(left, right)
        }
    }

    /// The order of two numbers of any types; nil when one is NaN or no number.
    private static func numericOrder(_ left: Value, _ right: Value) -> Int? {
        switch (left, right) {
        case (.int(let a), .int(let b)): a < b ? -1 : a == b ? 0 : 1
        case (.uint(let a), .uint(let b)): a < b ? -1 : a == b ? 0 : 1
        case (.double(let a), .double(let b)): a < b ? -1 : a == b ? 0 : a > b ? 1 : nil
        case (.int(let a), .uint(let b)): a < b ? -1 : a == b ? 0 : 1
        case (.uint(let a), .int(let b)): a < b ? -1 : a == b ? 0 : 1
        case (.int(let a), .double(let b)): order(a, b)
        case (.uint(let a), .double(let b)): order(a, b)
        case (.double(let a), .int(let b)): order(b, a).map(-)
        case (.double(let a), .uint(let b)): order(b, a).map(-)
        default: nil
        }
    }

    /// The order of a whole number and a double as doubles. Above 2^53 that rounds the whole number, which cel-spec's
    /// suite asks for (comparisons, lte_dyn_big_double_int: 2^63 as a double is not above the greatest int).
    private static func order<Number: FixedWidthInteger>(_ whole: Number, _ double: Double) -> Int? {
        let rounded = Double(whole)
        return rounded < double ? -1 : rounded == double ? 0 : rounded > double ? 1 : nil
    }
}

extension Value {
    fileprivate var isNumber: Bool {
        switch self {
        case .int, .uint, .double: true
        default: false
        }
    }
}
