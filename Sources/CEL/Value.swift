/// A value of the Common Expression Language, and of everything that yogiyogi keeps or sends: input, results, rows of views.
///
/// `==` is structural: `int(1) != double(1)`, and strings are equal when their UTF-8 bytes are. The language's own equality, where
/// numbers compare across types, lives in the evaluator.
public enum Value: Sendable {
    case null
    case bool(Bool)
    case int(Int64)
    case uint(UInt64)
    case double(Double)
    case string(String)
    case bytes([UInt8])
    case list([Value])
    case map(MapValue)
    case timestamp(Timestamp)
    case duration(Duration)
    /// A type as a value: what `type(1)` gives, by its name (`int`, `google.protobuf.Timestamp`).
    case type(String)
}

extension Value {
    /// The kind of this value.
    public var kind: Kind {
        switch self {
        case .null: .null
        case .bool: .bool
        case .int: .int
        case .uint: .uint
        case .double: .double
        case .string: .string
        case .bytes: .bytes
        case .list: .list
        case .map: .map
        case .timestamp: .timestamp
        case .duration: .duration
        case .type: .type
        }
    }

    /// The bool, or nil when this is something else.
    public var boolValue: Bool? { if case .bool(let value) = self { value } else { nil } }

    /// The int, or nil when this is something else.
    public var intValue: Int64? { if case .int(let value) = self { value } else { nil } }

    /// The string, or nil when this is something else.
    public var stringValue: String? { if case .string(let value) = self { value } else { nil } }

    /// The elements, or nil when this is no list.
    public var listValue: [Value]? { if case .list(let value) = self { value } else { nil } }

    /// The map, or nil when this is something else.
    public var mapValue: MapValue? { if case .map(let value) = self { value } else { nil } }

    /// True for `null` alone.
    public var isNull: Bool { if case .null = self { true } else { false } }

    /// The value under a string key, or nil when this is no map or has no such key.
    public subscript(_ name: String) -> Value? {
        if case .map(let map) = self { map[name] } else { nil }
    }
}

extension Value: CustomStringConvertible {
    /// The value as JSON.
    public var description: String { JSON.string(self) }
}

/// The kinds of values; the raw value is the name of the type in the language.
public enum Kind: String, Sendable, Hashable, CaseIterable {
    case null = "null_type"
    case bool
    case int
    case uint
    case double
    case string
    case bytes
    case list
    case map
    case timestamp = "google.protobuf.Timestamp"
    case duration = "google.protobuf.Duration"
    case type

    /// The name for people: as in the language, but short for the two well-known types.
    public var name: String {
        switch self {
        case .null: "null"
        case .timestamp: "timestamp"
        case .duration: "duration"
        default: rawValue
        }
    }
}
