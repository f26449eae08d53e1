package import CEL

/// A route and a method: what it takes, and what it may answer. The server reads requests by it, and the document is written from it.
package struct Operation: Sendable {
    /// With its arguments in braces.
    package var path: String
    /// GET, HEAD, POST …
    package var method: String
    /// Unique in the document.
    package var id: String
    /// What it does, in a line.
    package var summary: String
    /// Who may; empty: everybody.
    package var roles: [String] = []
    /// Of the path, the query and the header.
    package var parameters: [Parameter] = []
    /// `nil` where there is none.
    package var body: ObjectSchema?
    /// A body that would be taken by a daemon with the workflow that ships.
    package var example: Value?
    /// The good ones.
    package var answers: [Answer] = []
    /// The others.
    package var problems: [ProblemKind] = []

    /// Something that a request says outside of its body.
    package struct Parameter: Sendable {
        /// Where it stands.
        package enum Place: String, Sendable {
            case path, query, header
        }

        /// As it stands there.
        package var name: String
        /// Where that is.
        package var place: Place
        /// Of its value; of a query's list each value stands alone (`where=a:1&where=b:2`).
        package var schema: Schema
        /// What it is, for people.
        package var summary: String

        /// A parameter; that of a path must be there.
        package init(_ name: String, _ place: Place, _ schema: Schema, _ summary: String) {
            self.name = name
            self.place = place
            self.schema = schema
            self.summary = summary
        }
    }

    /// An answer of a status.
    package struct Answer: Sendable {
        /// The HTTP status.
        package var status: Int
        /// When it is given, for people.
        package var summary: String
        /// What it may be, by media type.
        package var contents: [Content]
        /// Its header fields that a client needs.
        package var fields: [Field] = []
        /// Operations that go on from it, by the member that is their first argument.
        package var links: Link?
    }

    /// A body of one media type.
    package struct Content: Sendable {
        /// Without parameters.
        package var type: String
        /// Of the whole.
        package var schema: Schema
        /// Of each line or event, where it is a stream.
        package var item: Schema?

        /// JSON.
        package static func json(_ schema: Schema) -> Content { Content(type: "application/json", schema: schema) }

        /// A line of JSON each.
        package static func lines(_ item: Schema) -> Content {
            Content(type: "application/x-ndjson", schema: .text, item: item)
        }

        /// Server-sent events with JSON.
        package static func events(_ item: Schema) -> Content {
            Content(type: "text/event-stream", schema: .text, item: item)
        }
    }

    /// A header field of an answer.
    package struct Field: Sendable {
        /// As it stands there.
        package var name: String
        /// Of its value.
        package var schema: Schema
        /// Whether it is always there.
        package var isRequired = false
    }

    /// Where one goes on.
    package struct Link: Sendable {
        /// A runtime expression, as `$response.body#/id`.
        package var argument: String
        /// The beginning of the paths that take it, with the argument in braces.
        package var prefix: String
    }

    /// The names that its query may have.
    package var queryNames: [String] { parameters.filter { $0.place == .query }.map(\.name) }
    /// The names that its body's members may have.
    package var bodyNames: [String] { body?.fields.map(\.name) ?? [] }
}
