public import CEL

extension InputSchema {
    /// What stands in place of a secret wherever a value is shown.
    public static let mask: Value = .string("***")

    /// The value with every secret member replaced by ``mask``; `null` stays, as there is nothing to hide.
    public func masked(_ value: Value) -> Value {
        if facts.secret { return value.isNull ? value : Self.mask }
        switch (self, value) {
        case (.object(_, let rule), .map(let map)):
            let entries = map.entries.map { entry in
                let property = rule.properties.first { .string($0.name) == entry.key }
                return (key: entry.key, value: property?.schema.masked(entry.value) ?? entry.value)
            }
            return .map(MapValue(entries: entries))
        case (.array(_, let rule), .list(let items)):
            return .list(rule.items.map { schema in items.map { schema.masked($0) } } ?? items)
        default:
            return value
        }
    }

    /// The paths of all secrets from here, member name by member name; `*` stands for any item of an array.
    public var secretPaths: [[String]] {
        if facts.secret { return [[]] }
        switch self {
        case .object(_, let rule):
            return rule.properties.flatMap { property in property.schema.secretPaths.map { [property.name] + $0 } }
        case .array(_, let rule):
            return (rule.items?.secretPaths ?? []).map { ["*"] + $0 }
        default:
            return []
        }
    }
}

extension Workflow {
    /// The paths of all secrets in the input; `[[]]` when the input as a whole is one.
    public var secretPaths: [[String]] { input?.secretPaths ?? [] }

    /// The input as it may be shown.
    public func masked(input value: Value) -> Value { input?.masked(value) ?? value }
}
