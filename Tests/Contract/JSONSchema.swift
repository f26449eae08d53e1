package import CEL
import ControlAPI
import Foundation

/// Holds values against schemas of the few keywords that our documents use; a keyword that it does not know is a fault of the schema.
package struct JSONSchema: Sendable {
    /// By the name behind `#/components/schemas/`.
    package let components: MapValue
    /// Is told of each object that a component describes: the component and the object's members.
    package var seen: @Sendable (String, MapValue) -> Void

    /// Those that refer to these.
    package init(components: MapValue, seen: @escaping @Sendable (String, MapValue) -> Void = { _, _ in }) {
        self.components = components
        self.seen = seen
    }

    private static let prefix = "#/components/schemas/"

    /// What does not fit, each with its pointer.
    package func faults(_ value: Value, _ schema: Value, at pointer: String = "") -> [String] {
        guard case .map(let schema) = schema else { return ["\(pointer): the schema is no object"] }
        return schema.entries.flatMap { key, rule in
            fault(value, "\(key.text)", rule, of: schema, at: pointer)
        }
    }

    private func fault(_ value: Value, _ keyword: String, _ rule: Value, of schema: MapValue, at pointer: String)
        -> [String]
    {
        switch (keyword, rule) {
        case ("description", .string), ("default", _): []
        case ("$ref", .string(let reference)): referred(value, reference, at: pointer)
        case ("type", let type):
            names(type).contains { isOf($0, value) }
                ? [] : ["\(pointer): \(JSON.string(value)) is no \(JSON.string(type))"]
        case ("const", let one):
            same(value, one) ? [] : ["\(pointer): \(JSON.string(value)) is not \(JSON.string(one))"]
        case ("enum", .list(let all)):
            all.contains { same(value, $0) }
                ? [] : ["\(pointer): \(JSON.string(value)) is none of \(JSON.string(rule))"]
        case ("oneOf", .list(let all)): chosen(value, all, at: pointer)
        case ("properties", .map(let properties)): members(value, properties, at: pointer)
        case ("required", .list(let names)):
            object(value).map { map in
                names.filter { map[$0.text] == nil }.map { "\(pointer): there is no '\($0.text)'" }
            } ?? []
        case ("additionalProperties", let more): others(value, more, schema["properties"], at: pointer)
        case ("items", let item):
            list(value).enumerated().flatMap { faults($1, item, at: "\(pointer)/\($0)") }
        case ("minimum", .int(let least)):
            number(value).map { $0 < Double(least) ? ["\(pointer): \($0) is below \(least)"] : [] } ?? []
        case ("maximum", .int(let most)):
            number(value).map { $0 > Double(most) ? ["\(pointer): \($0) is above \(most)"] : [] } ?? []
        case ("minLength", .int(let least)):
            text(value).map { $0.unicodeScalars.count < Int(least) ? ["\(pointer): '\($0)' is too short"] : [] } ?? []
        case ("maxLength", .int(let most)):
            text(value).map { $0.unicodeScalars.count > Int(most) ? ["\(pointer): '\($0)' is too long"] : [] } ?? []
        case ("pattern", .string(let pattern)): matched(value, pattern, at: pointer)
        case ("format", .string(let format)): formed(value, format, at: pointer)
        default: ["\(pointer): the keyword '\(keyword)' is not known here"]
        }
    }

    private func referred(_ value: Value, _ reference: String, at pointer: String) -> [String] {
        let name = String(reference.dropFirst(Self.prefix.count))
        guard reference.hasPrefix(Self.prefix), let schema = components[name] else {
            return ["\(pointer): '\(reference)' leads nowhere"]
        }
        if let map = object(value) { seen(name, map) }
        return faults(value, schema, at: pointer)
    }

    private func chosen(_ value: Value, _ all: [Value], at pointer: String) -> [String] {
        var silent = self
        silent.seen = { _, _ in }
        let found = all.map { silent.faults(value, $0, at: pointer) }
        let fitting = all.indices.filter { found[$0].isEmpty }
        // Told again to whoever listens, as it is this one.
        if fitting.count == 1 { return faults(value, all[fitting[0]], at: pointer) }
        guard fitting.isEmpty else {
            return ["\(pointer): \(JSON.string(value)) fits \(fitting.count) of \(all.count)"]
        }
        let nearest = found.min { $0.count < $1.count } ?? []
        return ["\(pointer): \(JSON.string(value)) fits none of \(all.count)"] + nearest
    }

    private func members(_ value: Value, _ properties: MapValue, at pointer: String) -> [String] {
        guard let map = object(value) else { return [] }
        return properties.entries.flatMap { name, schema in
            map[name.text].map { faults($0, schema, at: "\(pointer)/\(name.text)") } ?? []
        }
    }

    private func others(_ value: Value, _ rule: Value, _ properties: Value?, at pointer: String) -> [String] {
        guard let map = object(value) else { return [] }
        let known = properties.flatMap(object)
        return map.entries.filter { known?[$0.key.text] == nil }.flatMap { name, member -> [String] in
            switch rule {
            case .bool(true): []
            case .bool: ["\(pointer): '\(name.text)' is not in the document"]
            default: faults(member, rule, at: "\(pointer)/\(name.text)")
            }
        }
    }

    private func matched(_ value: Value, _ pattern: String, at pointer: String) -> [String] {
        guard let text = text(value) else { return [] }
        let isMatch = text.range(of: pattern, options: .regularExpression) != nil
        return isMatch ? [] : ["\(pointer): '\(text)' is not like \(pattern)"]
    }

    private func formed(_ value: Value, _ format: String, at pointer: String) -> [String] {
        let patterns = [
            "date-time": #"^[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z$"#,
            "date": "^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
            "uuid": "^[0-9a-f]{8}-[0-9a-f]{4}-7[0-9a-f]{3}-[0-9a-f]{4}-[0-9a-f]{12}$",
        ]
        if format == "int64" { return [] }
        guard let pattern = patterns[format] else { return ["\(pointer): the format '\(format)' is not known here"] }
        return matched(value, pattern, at: pointer)
    }
}

extension JSONSchema {
    private func names(_ type: Value) -> [String] {
        if case .list(let all) = type { all.map(\.text) } else { [type.text] }
    }

    private func isOf(_ type: String, _ value: Value) -> Bool {
        switch (type, value) {
        case ("null", .null), ("boolean", .bool), ("string", .string), ("array", .list), ("object", .map),
            ("integer", .int), ("integer", .uint), ("number", .int), ("number", .uint), ("number", .double):
            true
        default: false
        }
    }

    private func same(_ one: Value, _ other: Value) -> Bool { JSON.string(one) == JSON.string(other) }

    private func object(_ value: Value) -> MapValue? { if case .map(let map) = value { map } else { nil } }

    private func list(_ value: Value) -> [Value] { if case .list(let items) = value { items } else { [] } }

    private func text(_ value: Value) -> String? { if case .string(let text) = value { text } else { nil } }

    private func number(_ value: Value) -> Double? {
        switch value {
        case .int(let number): Double(number)
        case .uint(let number): Double(number)
        case .double(let number): number
        default: nil
        }
    }
}

extension Value {
    /// A text as it is, anything else as JSON.
    package var text: String { if case .string(let text) = self { text } else { JSON.string(self) } }
}
