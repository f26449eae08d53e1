extension Evaluation {
    /// `+ - * / %` over two values (cel-spec, "Standard Definitions"): no conversion between types, overflow is an
    /// error.
    mutating func arithmetic(
        _ sign: BinaryOperator, _ left: Value, _ right: Value, at offset: Int
    ) throws(Failure) -> Value {
        switch (left, right) {
        case (.int(let a), .int(let b)): return .int(try Self.whole(sign, a, b, at: offset))
        case (.uint(let a), .uint(let b)): return .uint(try Self.whole(sign, a, b, at: offset))
        case (.double(let a), .double(let b)):
            switch sign {
            case .add: return .double(a + b)
            case .subtract: return .double(a - b)
            case .multiply: return .double(a * b)
            case .divide: return .double(a / b)
            default: throw .noOverload(sign.rawValue, [left, right], at: offset)
            }
        default: break
        }
        if sign == .add, let joined = try join(left, right, at: offset) { return joined }
        return try Self.time(sign, left, right, at: offset)
    }

    private static func whole<Number: FixedWidthInteger>(
        _ sign: BinaryOperator, _ left: Number, _ right: Number, at offset: Int
    ) throws(Failure) -> Number {
        let (result, overflow): (Number, Bool)
        switch sign {
        case .add: (result, overflow) = left.addingReportingOverflow(right)
        case .subtract: (result, overflow) = left.subtractingReportingOverflow(right)
        case .multiply: (result, overflow) = left.multipliedReportingOverflow(by: right)
        case .divide, .remainder:
            guard right != 0 else {
                throw Failure(
                    .divisionByZero, sign == .divide ? "division by zero" : "remainder of a division by zero",
                    at: offset)
            }
            (result, overflow) =
                sign == .divide
                ? left.dividedReportingOverflow(by: right) : left.remainderReportingOverflow(dividingBy: right)
        default: throw Failure(.noSuchOverload, "no overload of '\(sign.rawValue)'", at: offset)
        }
        guard !overflow else { throw .overflow(sign.rawValue, at: offset) }
        return result
    }

    /// Concatenation; what it makes is paid for before it is made.
    private mutating func join(_ left: Value, _ right: Value, at offset: Int) throws(Failure) -> Value? {
        switch (left, right) {
        case (.string(let a), .string(let b)):
            try spend(bytes: a.utf8.count + b.utf8.count, at: offset)
            return .string(a + b)
        case (.bytes(let a), .bytes(let b)):
            try spend(bytes: a.count + b.count, at: offset)
            return .bytes(a + b)
        case (.list(let a), .list(let b)):
            try spend(a.count + b.count, at: offset)
            return .list(a + b)
        default: return nil
        }
    }

    private static func time(_ sign: BinaryOperator, _ left: Value, _ right: Value, at offset: Int) throws(Failure)
        -> Value
    {
        let result: Value?
        switch (sign, left, right) {
        case (.add, .timestamp(let moment), .duration(let span)), (.add, .duration(let span), .timestamp(let moment)):
            result = moment.adding(span).map(Value.timestamp)
        case (.subtract, .timestamp(let moment), .duration(let span)):
            result = moment.adding(Duration(seconds: -span.seconds, nanos: -span.nanos)).map(Value.timestamp)
        case (.subtract, .timestamp(let moment), .timestamp(let other)):
            result = moment.since(other).map(Value.duration)
        case (.add, .duration(let a), .duration(let b)):
            result = Duration(nanoseconds: a.nanoseconds + b.nanoseconds).map(Value.duration)
        case (.subtract, .duration(let a), .duration(let b)):
            result = Duration(nanoseconds: a.nanoseconds - b.nanoseconds).map(Value.duration)
        default: throw .noOverload(sign.rawValue, [left, right], at: offset)
        }
        guard let result else { throw .overflow(sign.rawValue, at: offset) }
        return result
    }
}
