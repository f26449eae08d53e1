public import CEL

extension InputSchema {
    /// What is wrong with a value, and where in it.
    public struct Fault: Sendable, Hashable, CustomStringConvertible {
        /// A JSON pointer (RFC 6901); empty for the value as a whole.
        public var pointer: String
        /// What is wrong; never holds the value of a secret.
        public var message: String

        /// A fault at a place of the value.
        public init(pointer: String, message: String) {
            self.pointer = pointer
            self.message = message
        }

        public var description: String { "\(pointer.isEmpty ? "/" : pointer) \(message)" }

        /// A member of a pointer; of its name 64 characters at most.
        static func step(_ name: String) -> String {
            var text = "/"
            for scalar in name.unicodeScalars.prefix(64) {
                switch scalar {
                case "~": text += "~0"
                case "/": text += "~1"
                default: text.unicodeScalars.append(scalar)
                }
            }
            return text
        }
    }

    /// How many faults are told at most, so that an answer does not grow with what a client sends.
    public static let faultsMax = 100

    /// All faults of a value, in the order of the schema; empty: it fits.
    public func faults(of value: Value) -> [Fault] {
        var check = SchemaCheck()
        check.run(self, value, at: "")
        if check.faults.isEmpty { check.faults = secretFaults(of: value) }
        return Array(check.faults.prefix(Self.faultsMax))
    }
}

/// One walk over a value along a schema.
private struct SchemaCheck {
    var faults: [InputSchema.Fault] = []

    mutating func run(_ schema: InputSchema, _ value: Value, at pointer: String) {
        guard faults.count < InputSchema.faultsMax else { return }
        if schema.facts.secret {
            // Inside a secret even a member's name or a length may tell too much: one fault, without detail.
            var inner = SchemaCheck()
            inner.judge(schema, value, at: pointer)
            if let first = inner.faults.first {
                let message =
                    first.pointer == pointer && value.isPlain ? first.message : "does not fit its schema (secret)"
                add(pointer, message)
            }
        } else {
            judge(schema, value, at: pointer)
        }
    }

    /// What to do with a number or a truth value that was sent as a text.
    private func withoutQuotes(_ schema: InputSchema, _ value: Value) -> String {
        guard case .string(let text) = value, !schema.facts.secret, text.utf8.count <= 64 else { return "" }
        guard let read = try? JSON.parse(text), read.isPlain, !read.isNull, schema.takes(read) else { return "" }
        return "; write it without quotes"
    }

    private mutating func judge(_ schema: InputSchema, _ value: Value, at pointer: String) {
        let facts = schema.facts
        if value.isNull, facts.nullable { return }
        guard schema.takes(value) else {
            return add(
                pointer,
                "must be \(schema.article)\(facts.nullable ? " or null" : ""), is \(value.article)\(withoutQuotes(schema, value))"
            )
        }
        if !facts.values.isEmpty, !facts.values.contains(where: { $0.isSame(as: value) }) {
            add(pointer, "must be \(facts.secret ? "one of the listed values" : list(facts.values))")
        }
        switch (schema, value) {
        case (.object(_, let rule), .map(let map)): members(rule, map, at: pointer)
        case (.array(_, let rule), .list(let items)): elements(rule, items, at: pointer)
        case (.string(_, let rule), .string(let text)): string(rule, text, at: pointer)
        case (.number(_, let rule), _): number(rule, value, at: pointer, secret: facts.secret)
        default: break
        }
    }

    private mutating func members(_ rule: InputSchema.ObjectRule, _ map: MapValue, at pointer: String) {
        let known = rule.properties.map(\.name)
        for name in rule.required where map[name] == nil { add(pointer + InputSchema.Fault.step(name), "is required") }
        for property in rule.properties {
            if let value = map[property.name] {
                run(property.schema, value, at: pointer + InputSchema.Fault.step(property.name))
            }
        }
        guard !rule.additionalProperties else { return }
        let names = Set(known)
        for entry in map.entries {
            guard faults.count < InputSchema.faultsMax else { return }
            let name = entry.key.stringValue ?? JSON.string(entry.key)
            if !names.contains(name) {
                add(pointer + InputSchema.Fault.step(name), "is not known" + Spelling.hint(for: name, among: known))
            }
        }
    }

    private mutating func elements(_ rule: InputSchema.ArrayRule, _ items: [Value], at pointer: String) {
        if let least = rule.minItems, items.count < least {
            add(pointer, "must have \(least) items or more, has \(items.count)")
        }
        if let most = rule.maxItems, items.count > most {
            add(pointer, "must have \(most) items or fewer, has \(items.count)")
        }
        guard let schema = rule.items else { return }
        for (index, item) in items.enumerated() {
            guard faults.count < InputSchema.faultsMax else { return }
            run(schema, item, at: pointer + "/\(index)")
        }
    }

    private mutating func string(_ rule: InputSchema.StringRule, _ text: String, at pointer: String) {
        let length = text.unicodeScalars.count
        if let least = rule.minLength, length < least {
            add(pointer, "must have \(least) character\(least == 1 ? "" : "s") or more, has \(length)")
        }
        if let most = rule.maxLength, length > most {
            add(pointer, "must have \(most) character\(most == 1 ? "" : "s") or fewer, has \(length)")
        }
        if let format = rule.format, !format.takes(text) { add(pointer, "must be \(format.article)") }
    }

    private mutating func number(_ rule: InputSchema.NumberRule, _ value: Value, at pointer: String, secret: Bool) {
        guard let number = value.number else { return }
        let now = secret ? "" : ", is \(JSON.string(value))"
        func text(_ limit: Double) -> String { JSON.string(.double(limit)) }
        if let least = rule.minimum, number < least { add(pointer, "must be \(text(least)) or more\(now)") }
        if let most = rule.maximum, number > most { add(pointer, "must be \(text(most)) or less\(now)") }
        if let bound = rule.exclusiveMinimum, number <= bound { add(pointer, "must be more than \(text(bound))\(now)") }
        if let bound = rule.exclusiveMaximum, number >= bound { add(pointer, "must be less than \(text(bound))\(now)") }
        if let unit = rule.multipleOf, unit > 0, !isMultiple(value, of: unit) {
            add(pointer, "must be a multiple of \(text(unit))\(now)")
        }
    }

    private func isMultiple(_ value: Value, of unit: Double) -> Bool {
        if case .int(let whole) = value, let unit = Int64(exactly: unit) { return whole % unit == 0 }
        guard let number = value.number else { return false }
        // 0.3 is a multiple of 0.1 for a person: the quotient may be off by what a division of doubles is off.
        let quotient = number / unit
        return abs(quotient - quotient.rounded()) <= 1e-9 * max(1, abs(quotient))
    }

    private mutating func add(_ pointer: String, _ message: String) {
        faults.append(InputSchema.Fault(pointer: pointer, message: message))
    }

    private func list(_ values: [Value]) -> String {
        let texts = values.prefix(12).map { JSON.string($0) }
        if texts.count == 1 { return texts[0] }
        return "one of " + texts.joined(separator: ", ") + (values.count > 12 ? ", …" : "")
    }
}

extension InputSchema {
    /// Whether the type fits.
    fileprivate func takes(_ value: Value) -> Bool {
        switch (self, value) {
        case (.any, _), (.object, .map), (.array, .list), (.string, .string), (.boolean, .bool), (.null, .null): true
        case (.number(_, let rule), .double(let number)):
            // One beyond 64 bits is refused however it is written: 1e30 is no less an integer than its digits are.
            number.isFinite && (!rule.integer || Int64(exactly: number) != nil || UInt64(exactly: number) != nil)
        case (.number, .int), (.number, .uint): true
        default: false
        }
    }

    fileprivate var article: String {
        switch self {
        case .any: "any value"
        case .object: "an object"
        case .array: "an array"
        case .string: "a string"
        case .number(_, let rule): rule.integer ? "an integer" : "a number"
        case .boolean: "a boolean"
        case .null: "null"
        }
    }
}

extension InputSchema.Format {
    /// Whether the text has the format: RFC 3339 for the three of time, RFC 4122 for `uuid`, one `@` with a name and a host for `email`.
    func takes(_ text: String) -> Bool {
        switch self {
        case .date: text.utf8.count == 10 && Timestamp(rfc3339: text + "T00:00:00Z") != nil
        case .time: !text.hasPrefix("T") && Timestamp(rfc3339: "2000-01-01T" + text) != nil
        case .dateTime: Timestamp(rfc3339: text) != nil
        case .email: Self.isEmail(text)
        case .uuid: Self.isUUID(text)
        }
    }

    var article: String {
        switch self {
        case .date: "a date as 2026-12-31"
        case .time: "a time as 13:45:00Z"
        case .dateTime: "a time stamp as 2026-12-31T13:45:00Z"
        case .email: "an e-mail address"
        case .uuid: "a UUID"
        }
    }

    private static func isEmail(_ text: String) -> Bool {
        let parts = text.split(separator: "@", omittingEmptySubsequences: false)
        return parts.count == 2 && parts.allSatisfy { !$0.isEmpty } && text.utf8.count <= 254
            && text.unicodeScalars.allSatisfy { $0.value > 32 && $0.value != 127 }
    }

    private static func isUUID(_ text: String) -> Bool {
        let groups = text.split(separator: "-", omittingEmptySubsequences: false)
        return groups.map(\.utf8.count) == [8, 4, 4, 4, 12]
            && groups.allSatisfy { $0.utf8.allSatisfy { byte in Character(Unicode.Scalar(byte)).isHexDigit } }
    }
}

extension Value {
    fileprivate var number: Double? {
        switch self {
        case .int(let number): Double(number)
        case .uint(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }

    fileprivate var isPlain: Bool {
        switch self {
        case .map, .list: false
        default: true
        }
    }

    /// Equality as JSON has it: 1 and 1.0 are one number.
    fileprivate func isSame(as other: Value) -> Bool {
        switch (self, other) {
        case (.double, _), (_, .double): number != nil && number == other.number
        default: self == other  // not as doubles, which two whole numbers beyond 2^53 may share
        }
    }

    fileprivate var article: String {
        switch self {
        case .null: "null"
        case .bool: "a boolean"
        case .int, .uint: "a whole number"
        case .double(let number): number.rounded() == number ? "a number" : "a number with a fraction"
        case .string: "a string"
        case .list: "an array"
        case .map: "an object"
        default: "a \(kind.name)"
        }
    }
}
