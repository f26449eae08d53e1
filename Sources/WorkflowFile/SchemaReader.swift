import CEL
import SagaCore

extension WorkflowReader {
    /// JSON Schema that the subset leaves out, so that the message can say so.
    private static let notInSubset = [
        "pattern", "oneOf", "anyOf", "allOf", "not", "if", "then", "else", "$ref", "$defs", "definitions", "default",
        "contains",
        "uniqueItems", "patternProperties", "propertyNames", "minProperties", "maxProperties", "dependencies",
        "dependentRequired", "additionalItems", "prefixItems", "contentEncoding", "contentMediaType", "readOnly",
        "writeOnly",
        "$id", "$schema",
    ]

    private static let types = ["object", "array", "string", "number", "integer", "boolean", "null"]

    /// The keywords that need a type.
    private static let typed: [(type: String, keys: [String])] = [
        ("object", ["properties", "required", "additionalProperties"]),
        ("array", ["items", "minItems", "maxItems"]),
        ("string", ["minLength", "maxLength", "format"]),
        ("number", ["minimum", "maximum", "exclusiveMinimum", "exclusiveMaximum", "multipleOf"]),
    ]

    /// A schema of the subset; `what` names it in messages.
    mutating func inputSchema(_ node: YAMLNode, _ what: String) -> InputSchema? {
        guard let entries = node.entries else {
            error(.wrongType, node.place, "\(what) must be a map with a JSON Schema, is \(node.article)")
            return nil
        }
        for entry in entries where !Keys.schema.contains(entry.key) {
            if Self.notInSubset.contains(entry.key) {
                error(
                    .schemaKeyword, entry.keyPlace,
                    "'\(entry.key)' is not in the subset of JSON Schema that is supported")
            } else {
                let hint = Spelling.hint(for: entry.key, among: Keys.schema)
                error(.schemaKeyword, entry.keyPlace, "unknown keyword '\(entry.key)' in \(what)\(hint)")
            }
        }
        let fields = Fields(entries, place: node.place)
        for key in ["title", "description", "$comment"] {
            if let node = fields[key] { _ = text(node, "'\(key)'") }
        }
        let (type, nullable) = schemaType(fields)
        for (owner, keys) in Self.typed where owner != (type == "integer" ? "number" : type) {
            for key in keys where fields[key] != nil {
                error(.schemaContradiction, fields.keyPlace(key), "'\(key)' needs 'type: \(owner)'")
            }
        }
        var facts = InputSchema.Facts(nullable: nullable)
        if let secret = fields["secret"].flatMap({ flag($0, "'secret'") }) { facts.secret = secret }
        let bare = schema(type, facts, fields, what)
        facts.values = values(fields, bare)
        return bare.with(facts)
    }

    private mutating func schemaType(_ fields: Fields) -> (type: String, nullable: Bool) {
        guard let node = fields["type"] else { return ("any", false) }
        guard let items = node.items else { return (choice(node, "'type'", Self.types) ?? "any", false) }
        let words = items.compactMap { choice($0, "'type'", Self.types) }
        let types = words.filter { $0 != "null" }
        if words.count == items.count, types.count != 1 || words.count > 2 {
            error(.schemaKeyword, node.place, "'type' takes one type, or one and 'null' in a list")
        }
        return (types.first ?? "null", words.contains("null"))
    }

    private mutating func schema(
        _ type: String, _ facts: InputSchema.Facts, _ fields: Fields, _ what: String
    ) -> InputSchema {
        switch type {
        case "object": return .object(facts, objectRule(fields, what))
        case "array":
            let (least, most) = bounds(fields, "minItems", "maxItems")
            let items = fields["items"].flatMap { inputSchema($0, "the items of \(what)") }
            return .array(facts, InputSchema.ArrayRule(items: items, minItems: least, maxItems: most))
        case "string":
            let (least, most) = bounds(fields, "minLength", "maxLength")
            let format = fields["format"].flatMap {
                choice($0, "'format'", InputSchema.Format.allCases.map(\.rawValue))
            }
            return .string(
                facts,
                InputSchema.StringRule(
                    minLength: least, maxLength: most, format: format.flatMap { .init(rawValue: $0) }))
        case "number", "integer": return .number(facts, numberRule(fields, integer: type == "integer"))
        case "boolean": return .boolean(facts)
        case "null": return .null(facts)
        default: return .any(facts)
        }
    }

    private mutating func objectRule(_ fields: Fields, _ what: String) -> InputSchema.ObjectRule {
        var rule = InputSchema.ObjectRule()
        if let more = fields["additionalProperties"].flatMap({ flag($0, "'additionalProperties'") }) {
            rule.additionalProperties = more
        }
        if let node = fields["properties"] {
            if node.entries == nil { error(.wrongType, node.place, "'properties' must be a map, is \(node.article)") }
            for entry in node.entries ?? [] {
                guard let schema = inputSchema(entry.value, "property '\(entry.key)'") else { continue }
                checkMoney(entry, schema)
                rule.properties.append(InputSchema.Property(name: entry.key, schema: schema))
            }
        }
        if let node = fields["required"] {
            if node.items == nil {
                error(.wrongType, node.place, "'required' must be a list of names, is \(node.article)")
            }
            let known = (fields["properties"]?.entries ?? []).map(\.key)
            for item in node.items ?? [] {
                guard let name = text(item, "a name in 'required'") else { continue }
                if rule.required.contains(name) {
                    error(.schemaContradiction, item.place, "'\(name)' is required twice")
                } else if !rule.additionalProperties, !known.contains(name) {
                    let hint = Spelling.hint(for: name, among: known)
                    error(.schemaContradiction, item.place, "'\(name)' is required and not among the properties\(hint)")
                }
                rule.required.append(name)
            }
        }
        return rule
    }

    private mutating func numberRule(_ fields: Fields, integer: Bool) -> InputSchema.NumberRule {
        var rule = InputSchema.NumberRule(integer: integer)
        func number(_ key: String, _ reader: inout WorkflowReader) -> Double? {
            fields[key].flatMap { reader.number($0, "'\(key)'") }
        }
        rule.minimum = number("minimum", &self)
        rule.maximum = number("maximum", &self)
        rule.exclusiveMinimum = number("exclusiveMinimum", &self)
        rule.exclusiveMaximum = number("exclusiveMaximum", &self)
        rule.multipleOf = number("multipleOf", &self)
        if let unit = rule.multipleOf, unit <= 0, let node = fields["multipleOf"] {
            error(.outOfRange, node.place, "'multipleOf' must be more than 0, is \(shown(node))")
        }
        if let least = rule.minimum, let most = rule.maximum, least > most {
            error(
                .schemaContradiction, fields.keyPlace("maximum"), "'maximum' is less than 'minimum'; nothing would fit")
        }
        if let least = rule.exclusiveMinimum ?? rule.minimum, let most = rule.exclusiveMaximum, least >= most {
            error(
                .schemaContradiction, fields.keyPlace("exclusiveMaximum"),
                "'exclusiveMaximum' leaves nothing that would fit")
        }
        return rule
    }

    private mutating func bounds(_ fields: Fields, _ low: String, _ high: String) -> (Int?, Int?) {
        let least = fields[low].flatMap { whole($0, "'\(low)'", 0...Int64(Int32.max)) }
        let most = fields[high].flatMap { whole($0, "'\(high)'", 0...Int64(Int32.max)) }
        if let least, let most, least > most {
            error(.schemaContradiction, fields.keyPlace(high), "'\(high)' is less than '\(low)'; nothing would fit")
        }
        return (least, most)
    }

    /// `enum` or `const`; each value must fit the rest of its schema.
    private mutating func values(_ fields: Fields, _ schema: InputSchema) -> [Value] {
        var nodes: [YAMLNode] = []
        if let node = fields["enum"] {
            if let items = node.items {
                nodes = items
                if items.isEmpty { error(.empty, node.place, "'enum' is an empty list; nothing would fit") }
            } else {
                error(.wrongType, node.place, "'enum' must be a list of values, is \(node.article)")
            }
        }
        if let node = fields["const"] {
            if fields["enum"] != nil {
                error(.schemaContradiction, fields.keyPlace("const"), "'const' and 'enum' exclude each other")
            }
            nodes = [node]
        }
        for node in nodes {
            if let fault = schema.faults(of: node.value).first {
                error(.schemaContradiction, node.place, "\(shown(node)) does not fit its own schema: \(fault.message)")
            }
        }
        return nodes.map(\.value)
    }
}

extension InputSchema {
    fileprivate func with(_ facts: Facts) -> InputSchema {
        switch self {
        case .any: .any(facts)
        case .object(_, let rule): .object(facts, rule)
        case .array(_, let rule): .array(facts, rule)
        case .string(_, let rule): .string(facts, rule)
        case .number(_, let rule): .number(facts, rule)
        case .boolean: .boolean(facts)
        case .null: .null(facts)
        }
    }
}
