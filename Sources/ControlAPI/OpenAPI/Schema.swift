package import CEL

/// A JSON Schema (2020-12, as OpenAPI 3.1 has it) of the few keywords that our documents need.
package struct Schema: Sendable {
    /// The schema itself.
    package var members: MapValue
    /// What it refers to by name, and the document must have.
    package var parts: [ObjectSchema]

    private init(_ members: [(String, Value)], parts: [ObjectSchema] = []) {
        self.members = MapValue(distinct: members)
        self.parts = parts
    }

    /// Whatever is JSON.
    package static let any = Schema([])
    /// Any text.
    package static let text = Schema([("type", "string")])
    /// RFC 3339.
    package static let time = Schema([("type", "string"), ("format", "date-time")])
    /// A day of RFC 3339.
    package static let day = Schema([("type", "string"), ("format", "date")])
    /// Nothing.
    package static let null = Schema([("type", "null")])
    /// The id of a saga, whole.
    package static let sagaID = Schema([("type", "string"), ("format", "uuid")])
    /// `true` or `false`.
    package static let flag = Schema([("type", "boolean")])
    /// For a member that is there only while it is so.
    package static let always = Schema([("const", .bool(true))])
    /// The same, for what is shown only while it is not so.
    package static let never = Schema([("const", .bool(false))])
    /// An object whose members are somebody else's: a workflow's, a record's.
    package static let free = Schema([("type", "object"), ("additionalProperties", .bool(true))])
    /// 0 or more.
    package static let count = Schema.integer(from: 0)
    /// Bytes that are no text.
    package static let bytes = Schema([])

    /// One of a few words.
    package static func word(_ words: [String]) -> Schema {
        Schema([("type", "string"), ("enum", .list(words.map { .string($0) }))])
    }

    /// This and nothing else.
    package static func exactly(_ value: Value) -> Schema { Schema([("const", value)]) }

    /// A text that is not empty, of the form.
    package static func text(from least: Int = 0, to most: Int? = nil, like pattern: String? = nil) -> Schema {
        var members: [(String, Value)] = [("type", "string")]
        if least > 0 { members.append(("minLength", .int(Int64(least)))) }
        if let most { members.append(("maxLength", .int(Int64(most)))) }
        if let pattern { members.append(("pattern", .string(pattern))) }
        return Schema(members)
    }

    /// A whole number of 64 bits.
    package static func integer(from least: Int, to most: Int? = nil) -> Schema {
        var members: [(String, Value)] = [
            ("type", "integer"), ("format", "int64"), ("minimum", .int(Int64(least))),
        ]
        if let most { members.append(("maximum", .int(Int64(most)))) }
        return Schema(members)
    }

    /// A list of such items.
    package static func list(of item: Schema) -> Schema {
        Schema([("type", "array"), ("items", item.json)], parts: item.parts)
    }

    /// An object whose members have names of somebody else's and such values.
    package static func map(of value: Schema) -> Schema {
        Schema([("type", "object"), ("additionalProperties", value.json)], parts: value.parts)
    }

    /// The object of that schema, by reference.
    package static func of(_ object: ObjectSchema) -> Schema {
        Schema([("$ref", .string("#/components/schemas/\(object.name)"))], parts: [object])
    }

    /// Exactly one of these; alone it is that one itself.
    package static func one(of schemas: [Schema]) -> Schema {
        guard schemas.count != 1 else { return schemas[0] }
        return Schema([("oneOf", .list(schemas.map(\.json)))], parts: schemas.flatMap(\.parts))
    }

    /// The same, or `null`, which requests may say for a member that they leave out.
    package var orNull: Schema {
        if case .string(let type)? = members["type"], members["enum"] == nil {
            var schema = self
            schema.members["type"] = .list([.string(type), "null"])
            return schema
        }
        return .one(of: [self, .null])
    }

    /// The same with what holds when nothing is said.
    package func or(_ value: Value) -> Schema {
        var schema = self
        schema.members["default"] = value
        return schema
    }

    /// The same with words for people.
    package func said(_ words: String) -> Schema {
        var schema = self
        schema.members["description"] = .string(words)
        return schema
    }

    /// As it stands in a document.
    package var json: Value { .map(members) }
}
