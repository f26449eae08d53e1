import CEL
import SagaCore

extension ValueType {
    /// What a value is that fits a schema and was read from JSON; without a schema, anything.
    static func of(_ schema: InputSchema?) -> ValueType {
        guard let schema else { return .any }
        let type = bare(schema)
        return schema.facts.nullable ? type.orNull : type
    }

    private static func bare(_ schema: InputSchema) -> ValueType {
        let values = schema.facts.values
        switch schema {
        case .any: return values.isEmpty ? .any : .union(values.map { ValueType(of: $0) })
        case .object(_, let rule): return ValueType(.map, members: members(rule))
        case .array(_, let rule): return ValueType(.list, items: rule.items.map { of($0) })
        case .string(_, let rule):
            let texts = values.compactMap(\.stringValue)
            return ValueType(.string, texts: texts.isEmpty ? nil : Set(texts), form: rule.format.flatMap(form))
        // JSON writes 2.0 as 2, so what is whole comes as an int whichever way it was sent.
        case .number(_, let rule): return rule.integer ? .of(.int) : ValueType([.int, .double])
        case .boolean: return .of(.bool)
        case .null: return .of(.null)
        }
    }

    private static func members(_ rule: InputSchema.ObjectRule) -> Members {
        var members = Members()
        members.isOpen = rule.additionalProperties
        for property in rule.properties {
            let isRequired = rule.required.contains(property.name)
            members.byName[property.name] = Member(of(property.schema), isRequired ? .always : .maybe)
        }
        for name in rule.required where members.byName[name] == nil { members.byName[name] = Member(.any) }
        return members
    }

    private static func form(_ format: InputSchema.Format) -> Form? {
        switch format {
        case .date: .date
        case .time: .time
        case .dateTime: .dateTime
        case .email, .uuid: nil
        }
    }

    /// A map of the engine's own, all of whose members are there. It counts as open: a field that it does not have is told by name.
    static func facts(_ members: [(String, ValueType)]) -> ValueType {
        var known = Members()
        known.isOpen = true
        for (name, type) in members { known.byName[name] = Member(type) }
        return ValueType(.map, members: known)
    }
}
