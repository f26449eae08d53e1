public import CEL

/// Hides secret input wherever it shows up again: in requests, results, variables, signals and messages.
///
/// It goes by value and not by place, as a secret travels: from the input into a request, from there into an error.
public struct Masker: Sendable {
    private let secrets: Set<Value>
    private let texts: [String]

    /// What stands in a secret's place.
    public static let mask = "***"
    /// Shorter secrets are hidden where they are a whole value, not inside longer texts.
    static let insideMin = 4

    /// Hides these values; empty texts and `null` hide nothing. All other values count, also short ones and numbers.
    public init(secrets: [Value]) {
        let secrets = secrets.filter { $0 != .string("") && $0 != .null }
        self.secrets = Set(secrets)
        texts = secrets.map(Template.text(of:)).filter { $0.utf8.count >= Self.insideMin }
            .sorted { $0.utf8.count > $1.utf8.count }
    }

    /// The masker for a saga of the workflow.
    public init(for saga: Saga, in workflow: Workflow) {
        self.init(secrets: workflow.input?.secrets(in: saga.input) ?? [])
    }

    /// The value with every secret in it, also in keys and inside texts of 4 bytes or more, replaced by ``mask``.
    public func masked(_ value: Value) -> Value {
        guard !secrets.isEmpty else { return value }
        if secrets.contains(value) { return .string(Self.mask) }
        switch value {
        case .string(let text): return .string(masked(text))
        case .int, .uint, .double:
            // A participant may answer with the number that a text of digits is.
            return secrets.contains(.string(Template.text(of: value))) ? .string(Self.mask) : value
        case .list(let items): return .list(items.map(masked))
        case .map(let map):
            return .map(MapValue(entries: map.entries.map { (key: masked($0.key), value: masked($0.value)) }))
        default: return value
        }
    }

    /// The text with every secret of 4 bytes or more in it replaced by ``mask``, the longest first.
    public func masked(_ text: String) -> String {
        texts.reduce(text) { $0.replacing($1, with: Self.mask) }
    }
}

extension InputSchema {
    /// The values in an input that the schema calls secret.
    public func secrets(in value: Value) -> [Value] {
        if facts.secret { return Self.leaves(of: value) }
        switch (self, value) {
        case (.object(_, let rule), .map(let map)):
            return rule.properties.flatMap { property in
                map[property.name].map { property.schema.secrets(in: $0) } ?? []
            }
        case (.array(_, let rule), .list(let items)):
            guard let schema = rule.items else { return [] }
            return items.flatMap { schema.secrets(in: $0) }
        default:
            return []
        }
    }

    private static func leaves(of value: Value) -> [Value] {
        switch value {
        case .list(let items): items.flatMap(leaves(of:))
        case .map(let map): map.entries.flatMap { leaves(of: $0.value) }
        default: [value]
        }
    }
}
