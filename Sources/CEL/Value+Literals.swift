// There is no `ExpressibleByNilLiteral`: `nil` where a `Value?` is wanted would silently become `.null`.

extension Value: ExpressibleByBooleanLiteral {
    /// `true` and `false` are ``Value/bool(_:)``.
    public init(booleanLiteral value: Bool) { self = .bool(value) }
}

extension Value: ExpressibleByIntegerLiteral {
    /// A whole number is ``Value/int(_:)``, never `uint`.
    public init(integerLiteral value: Int64) { self = .int(value) }
}

extension Value: ExpressibleByFloatLiteral {
    /// A number with a point or an exponent is ``Value/double(_:)``.
    public init(floatLiteral value: Double) { self = .double(value) }
}

extension Value: ExpressibleByStringLiteral {
    /// A text is ``Value/string(_:)``, also where its content looks like a number.
    public init(stringLiteral value: String) { self = .string(value) }
}

extension Value: ExpressibleByArrayLiteral {
    /// An array is ``Value/list(_:)``.
    public init(arrayLiteral elements: Value...) { self = .list(elements) }
}

extension Value: ExpressibleByDictionaryLiteral {
    /// A dictionary is ``Value/map(_:)`` with texts as keys, in the order that is written.
    public init(dictionaryLiteral elements: (String, Value)...) { self = .map(MapValue(elements)) }
}
