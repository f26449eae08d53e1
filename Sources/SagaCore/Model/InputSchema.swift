public import CEL

/// The subset of JSON Schema (draft-07) that describes a saga's input.
public indirect enum InputSchema: Sendable, Hashable {
    case any(Facts)
    case object(Facts, ObjectRule)
    case array(Facts, ArrayRule)
    case string(Facts, StringRule)
    case number(Facts, NumberRule)
    case boolean(Facts)
    case null(Facts)

    /// What every schema may say.
    public struct Facts: Sendable, Hashable {
        /// Never in a log, a view, a history listing or an error.
        public var secret: Bool
        /// `enum` (and `const`, as one value); empty: any.
        public var values: [Value]
        /// Whether `null` is taken as well (`type: [string, "null"]`).
        public var nullable: Bool

        public init(secret: Bool = false, values: [Value] = [], nullable: Bool = false) {
            self.secret = secret
            self.values = values
            self.nullable = nullable
        }
    }

    public struct ObjectRule: Sendable, Hashable {
        public var properties: [Property]
        public var required: [String]
        public var additionalProperties: Bool

        public init(properties: [Property] = [], required: [String] = [], additionalProperties: Bool = true) {
            self.properties = properties
            self.required = required
            self.additionalProperties = additionalProperties
        }
    }

    public struct Property: Sendable, Hashable {
        public var name: String
        public var schema: InputSchema

        public init(name: String, schema: InputSchema) {
            self.name = name
            self.schema = schema
        }
    }

    public struct ArrayRule: Sendable, Hashable {
        public var items: InputSchema?
        public var minItems: Int?
        public var maxItems: Int?

        public init(items: InputSchema? = nil, minItems: Int? = nil, maxItems: Int? = nil) {
            self.items = items
            self.minItems = minItems
            self.maxItems = maxItems
        }
    }

    public struct StringRule: Sendable, Hashable {
        /// In Unicode scalars, as JSON Schema counts.
        public var minLength: Int?
        public var maxLength: Int?
        public var format: Format?

        public init(minLength: Int? = nil, maxLength: Int? = nil, format: Format? = nil) {
            self.minLength = minLength
            self.maxLength = maxLength
            self.format = format
        }
    }

    public enum Format: String, Sendable, Hashable, CaseIterable {
        case date, time, email, uuid
        case dateTime = "date-time"
    }

    public struct NumberRule: Sendable, Hashable {
        /// `type: integer`: 1 and 1.0 are, 1.5 is not.
        public var integer: Bool
        public var minimum: Double?
        public var maximum: Double?
        public var exclusiveMinimum: Double?
        public var exclusiveMaximum: Double?
        public var multipleOf: Double?

        public init(
            integer: Bool = false, minimum: Double? = nil, maximum: Double? = nil, exclusiveMinimum: Double? = nil,
            exclusiveMaximum: Double? = nil, multipleOf: Double? = nil
        ) {
            self.integer = integer
            self.minimum = minimum
            self.maximum = maximum
            self.exclusiveMinimum = exclusiveMinimum
            self.exclusiveMaximum = exclusiveMaximum
            self.multipleOf = multipleOf
        }
    }

    public var facts: Facts {
        switch self {
        case .any(let facts), .boolean(let facts), .null(let facts), .object(let facts, _), .array(let facts, _),
            .string(let facts, _), .number(let facts, _):
            facts
        }
    }
}
