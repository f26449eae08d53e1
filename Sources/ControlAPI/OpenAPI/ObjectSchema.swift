package import CEL

/// The schema of an object of ours, which has these members and no other, unless it is open. It stands beside the `json` of its resource: who adds a member
/// there adds it here, and a test holds the two against each other.
package struct ObjectSchema: Sendable {
    /// Among the document's components.
    package var name: String
    /// In the order in which they are written.
    package var fields: [Field]
    /// Whether it has members of somebody else's beside: a workflow's, a participant's.
    package var isOpen: Bool

    /// A member.
    package struct Field: Sendable {
        /// As it stands in JSON.
        package var name: String
        /// Of its value.
        package var schema: Schema
        /// Whether it is there whatever the rest is.
        package var isRequired: Bool

        /// One that is always there.
        package static func always(_ name: String, _ schema: Schema) -> Field {
            Field(name: name, schema: schema, isRequired: true)
        }

        /// One that may be absent.
        package static func maybe(_ name: String, _ schema: Schema) -> Field {
            Field(name: name, schema: schema, isRequired: false)
        }
    }

    /// An object with its members.
    package init(_ name: String, _ fields: [Field], isOpen: Bool = false) {
        self.name = name
        self.fields = fields
        self.isOpen = isOpen
    }

    /// As it stands in a document.
    package var json: Value {
        let required = fields.filter(\.isRequired).map(\.name)
        return .map(
            MapValue(present: [
                ("type", "object"),
                ("properties", .map(MapValue(distinct: fields.map { ($0.name, $0.schema.json) }))),
                ("required", required.isEmpty ? nil : required.json), ("additionalProperties", .bool(isOpen)),
            ]))
    }

    /// What it refers to.
    package var parts: [ObjectSchema] { fields.flatMap(\.schema.parts) }
}

/// What the socket sends as JSON and has a schema of.
package protocol Described {
    /// Of what `json` writes.
    static var schema: ObjectSchema { get }
    /// As it stands on the wire.
    var json: Value { get }
}
