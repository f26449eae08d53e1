extension Context {
    /// The language's equality: numbers by their mathematical value whatever their types, other types only with their own; NaN equals
    /// nothing. Each value that is looked at costs a step, since lists may share elements and so be far larger than their memory.
    mutating func equal(_ left: Value, _ right: Value, at offset: Int) throws(Failure) -> Bool {
        try spend(1, at: offset)
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
        case (.list(let a), .list(let b)):
            guard a.count == b.count else { return false }
            for at in a.indices where try !equal(a[at], b[at], at: offset) { return false }
            return true
        case (.map(let a), .map(let b)): return try equal(a, b, at: offset)
        case (.timestamp(let a), .timestamp(let b)): return a == b
        case (.duration(let a), .duration(let b)): return a == b
        case (.type(let a), .type(let b)): return a == b
        default: return Self.numericOrder(left, right) == .some(0)
        }
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

    /// The order of a whole number and a double by their exact values: converting the whole number would round it above 2^53.
    private static func order<Number: FixedWidthInteger>(_ whole: Number, _ double: Double) -> Int? {
        if double.isNaN { return nil }
        let truncated = double.rounded(.towardZero)
        guard let other = Number(exactly: truncated) else { return double > 0 ? -1 : 1 }
        if whole != other { return whole < other ? -1 : 1 }
        return double > truncated ? -1 : double < truncated ? 1 : 0
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
