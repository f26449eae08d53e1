import CEL
import Foundation

/// Draft-07 as far as `workflows/workflow.schema.json` uses it. A keyword that it does not know is a fault of the schema, so that
/// nothing in there is only believed to be checked.
struct EditorSchema {
    let root: Value

    static let annotations: Set = ["$schema", "title", "description", "examples", "definitions"]

    init() throws {
        let path = Fixtures.root.appendingPathComponent("workflows/workflow.schema.json")
        root = try JSON.parse(Array(try Data(contentsOf: path)))
    }

    struct UnknownKeyword: Error {
        var name: String
    }

    func takes(_ value: Value) throws -> Bool { try takes(value, root) }

    private func takes(_ value: Value, _ schema: Value) throws -> Bool {
        if case .bool(let all) = schema { return all }
        // Draft-07: what stands beside a reference is ignored.
        if let name = schema["$ref"]?.stringValue { return try takes(value, try definition(name)) }
        for entry in schema.mapValue?.entries ?? [] {
            let keyword = entry.key.stringValue ?? ""
            guard !Self.annotations.contains(keyword) else { continue }
            guard try holds(keyword, entry.value, value, schema) else { return false }
        }
        return true
    }

    func definition(_ reference: String) throws -> Value {
        let name = reference.replacing("#/definitions/", with: "")
        guard let found = root["definitions"]?[name] else { throw UnknownKeyword(name: reference) }
        return found
    }

    private func holds(_ keyword: String, _ rule: Value, _ value: Value, _ schema: Value) throws -> Bool {
        switch keyword {
        case "type": return (rule.listValue ?? [rule]).contains { Self.isType(value, $0.stringValue ?? "") }
        case "enum": return rule.listValue?.contains(value) == true
        case "const": return rule == value
        case "allOf": return try (rule.listValue ?? []).allSatisfy { try takes(value, $0) }
        case "anyOf": return try (rule.listValue ?? []).contains { try takes(value, $0) }
        case "not": return try !takes(value, rule)
        case "if": return try !takes(value, rule) || takes(value, schema["then"] ?? true)
        case "then": return true
        case "pattern", "minLength": return try Self.fits(keyword, rule, value)
        case "minimum", "maximum", "exclusiveMinimum": return Self.isInBounds(keyword, rule, value)
        case "items", "minItems", "maxItems", "uniqueItems": return try itemsHold(keyword, rule, value)
        default: return try membersHold(keyword, rule, value, schema)
        }
    }

    private func itemsHold(_ keyword: String, _ rule: Value, _ value: Value) throws -> Bool {
        guard let items = value.listValue else { return true }
        switch keyword {
        case "items": return try items.allSatisfy { try takes($0, rule) }
        case "minItems": return items.count >= rule.intValue ?? 0
        case "maxItems": return items.count <= rule.intValue ?? 0
        default: return Set(items).count == items.count
        }
    }

    private func membersHold(_ keyword: String, _ rule: Value, _ value: Value, _ schema: Value) throws -> Bool {
        guard let map = value.mapValue else {
            guard Self.ofObjects.contains(keyword) else { throw UnknownKeyword(name: keyword) }
            return true
        }
        let names = map.entries.compactMap(\.key.stringValue)
        switch keyword {
        case "properties": return try names.allSatisfy { try takes(map[$0] ?? .null, rule[$0] ?? true) }
        case "additionalProperties":
            let others = names.filter { schema["properties"]?[$0] == nil }
            return try others.allSatisfy { try takes(map[$0] ?? .null, rule) }
        case "propertyNames": return try names.allSatisfy { try takes(.string($0), rule) }
        case "required": return (rule.listValue ?? []).allSatisfy { names.contains($0.stringValue ?? "") }
        case "minProperties": return names.count >= rule.intValue ?? 0
        case "maxProperties": return names.count <= rule.intValue ?? 0
        case "dependencies":
            return try names.allSatisfy { name in
                guard let needed = rule[name] else { return true }
                guard let list = needed.listValue else { return try takes(value, needed) }
                return list.allSatisfy { names.contains($0.stringValue ?? "") }
            }
        default: throw UnknownKeyword(name: keyword)
        }
    }

    private static let ofObjects: Set = [
        "properties", "additionalProperties", "propertyNames", "required", "minProperties", "maxProperties",
        "dependencies",
    ]

    private static func isType(_ value: Value, _ type: String) -> Bool {
        switch value {
        case .null: type == "null"
        case .bool: type == "boolean"
        case .int, .uint: type == "integer" || type == "number"
        case .double: type == "number"
        case .list: type == "array"
        case .map: type == "object"
        default: type == "string"
        }
    }

    private static func fits(_ keyword: String, _ rule: Value, _ value: Value) throws -> Bool {
        guard let text = value.stringValue else { return true }
        guard keyword == "pattern" else { return text.unicodeScalars.count >= rule.intValue ?? 0 }
        let pattern = try NSRegularExpression(pattern: rule.stringValue ?? "")
        return pattern.firstMatch(in: text, range: NSRange(text.startIndex..., in: text)) != nil
    }

    private static func isInBounds(_ keyword: String, _ rule: Value, _ value: Value) -> Bool {
        func number(_ value: Value) -> Double? {
            switch value {
            case .int(let whole): Double(whole)
            case .double(let double): double
            default: nil
            }
        }
        guard let value = number(value), let bound = number(rule) else { return true }
        return keyword == "minimum" ? value >= bound : keyword == "maximum" ? value <= bound : value > bound
    }
}
