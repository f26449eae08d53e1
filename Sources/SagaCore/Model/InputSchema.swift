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

        /// Without arguments: not secret, any value of the type, no `null`.
        public init(secret: Bool = false, values: [Value] = [], nullable: Bool = false) {
            self.secret = secret
            self.values = values
            self.nullable = nullable
        }
    }

    /// `type: object`.
    public struct ObjectRule: Sendable, Hashable {
        /// In the order of the file, which is the order of the faults.
        public var properties: [Property]
        /// Names that must be there; also ones that `properties` does not have.
        public var required: [String]
        /// Whether other members than `properties` are taken; they are then not checked.
        public var additionalProperties: Bool

        /// Without arguments: every object fits.
        public init(properties: [Property] = [], required: [String] = [], additionalProperties: Bool = true) {
            self.properties = properties
            self.required = required
            self.additionalProperties = additionalProperties
        }
    }

    /// A member of an object by name.
    public struct Property: Sendable, Hashable {
        /// As it stands in the JSON; unique in its object.
        public var name: String
        /// What the member must be where it is there; whether it must be is in ``ObjectRule/required``.
        public var schema: InputSchema

        /// The rule that the member `name` fits `schema`.
        public init(name: String, schema: InputSchema) {
            self.name = name
            self.schema = schema
        }
    }

    /// `type: array`.
    public struct ArrayRule: Sendable, Hashable {
        /// What every item must be; `nil`: anything.
        public var items: InputSchema?
        /// How many items at least; `nil`: none are fine.
        public var minItems: Int?
        /// How many items at most; `nil`: no bound but that of the request's body.
        public var maxItems: Int?

        /// Without arguments: every array fits.
        public init(items: InputSchema? = nil, minItems: Int? = nil, maxItems: Int? = nil) {
            self.items = items
            self.minItems = minItems
            self.maxItems = maxItems
        }
    }

    /// `type: string`.
    public struct StringRule: Sendable, Hashable {
        /// In Unicode scalars, as JSON Schema counts.
        public var minLength: Int?
        /// The longest that fits, in Unicode scalars, itself included.
        public var maxLength: Int?
        /// A form that the whole text must have; `nil`: any text.
        public var format: Format?

        /// Without arguments: every string fits.
        public init(minLength: Int? = nil, maxLength: Int? = nil, format: Format? = nil) {
            self.minLength = minLength
            self.maxLength = maxLength
            self.format = format
        }
    }

    /// The `format`s that are checked: RFC 3339 for those of time, RFC 4122 for `uuid`, one `@` with both sides for
    /// `email`.
    public enum Format: String, Sendable, Hashable, CaseIterable {
        case date, time, email, uuid
        case dateTime = "date-time"
    }

    /// `type: number` or `integer`. Bounds are compared as doubles; a value that is no number never fits.
    public struct NumberRule: Sendable, Hashable {
        /// `type: integer`: 1 and 1.0 are, 1.5 is not.
        public var integer: Bool
        /// The least that fits.
        public var minimum: Double?
        /// The greatest that fits.
        public var maximum: Double?
        /// What a value must be greater than.
        public var exclusiveMinimum: Double?
        /// What a value must be less than.
        public var exclusiveMaximum: Double?
        /// A positive number that a value must be a multiple of, within 1e-9 of the quotient: 0.3 is a multiple of 0.1.
        public var multipleOf: Double?

        /// Without arguments: every finite number fits.
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

    /// The facts, whatever the type is.
    public var facts: Facts {
        switch self {
        case .any(let facts), .boolean(let facts), .null(let facts), .object(let facts, _), .array(let facts, _),
            .string(let facts, _), .number(let facts, _):
            facts
        }
    }
}
