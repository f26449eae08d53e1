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
    /// As what it may be sent.
    package var bodyTypes = ["application/json"]
    /// What a form has beside the body's members, which is no part of what is said.
    package var formFields: [ObjectSchema.Field] = []
    /// As what a form is sent.
    package static let formType = "application/x-www-form-urlencoded"
    /// Ways to prove who one is, by their names in the document, of which one is asked for; empty: nobody is asked.
    package var proofs: [String] = []
    /// A body that would be taken by a daemon with the workflow that ships.
    package var example: Value?
    /// The good ones.
    package var answers: [Response] = []
    /// The others.
    package var problems: [ProblemKind] = []

    /// Something that a request says outside of its body.
    package struct Parameter: Sendable {
        /// Where it stands.
        package enum Position: String, Sendable {
            case path, query, header
        }

        /// As it stands there.
        package var name: String
        /// Where that is.
        package var place: Position
        /// Of its value; of a query's list each value stands alone (`where=a:1&where=b:2`).
        package var schema: Schema
        /// What it is, for people.
        package var summary: String
        /// Whether it must be there, as that of a path must.
        package var isRequired: Bool

        /// A parameter.
        package init(
            _ name: String, _ place: Position, _ schema: Schema, _ summary: String, isRequired: Bool = false
        ) {
            self.name = name
            self.place = place
            self.schema = schema
            self.summary = summary
            self.isRequired = isRequired || place == .path
        }
    }

    /// An answer of a status.
    package struct Response: Sendable {
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

        /// An answer; without contents it has no body.
        package init(
            _ status: Int, _ summary: String, _ contents: [Content] = [], fields: [Field] = [], links: Link? = nil
        ) {
            self.status = status
            self.summary = summary
            self.contents = contents
            self.fields = fields
            self.links = links
        }
    }

    /// A body of one media type.
    package struct Content: Sendable {
        /// Without parameters.
        package var type: String
        /// Of the whole.
        package var schema: Schema
        /// Of each line or event, where it is a stream.
        package var item: Schema?

        /// A body; `item` of each line or event, where it is a stream.
        package init(type: String, schema: Schema, item: Schema? = nil) {
            self.type = type
            self.schema = schema
            self.item = item
        }

        /// A whole document, as most answers are.
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

        /// One that may be absent, unless it is said to be required.
        package init(name: String, schema: Schema, isRequired: Bool = false) {
            self.name = name
            self.schema = schema
            self.isRequired = isRequired
        }
    }

    /// Where one goes on.
    package struct Link: Sendable {
        /// A runtime expression, as `$response.body#/id`.
        package var argument: String
        /// The beginning of the paths that take it, with the argument in braces.
        package var prefix: String

        /// To what begins with the prefix.
        package init(argument: String, prefix: String) {
            self.argument = argument
            self.prefix = prefix
        }
    }

    /// The names that its query may have.
    package var queryNames: [String] { parameters.filter { $0.place == .query }.map(\.name) }
    /// The names that its body's members may have.
    package var bodyNames: [String] { body?.fields.map(\.name) ?? [] }

    /// The same with problems beside its own.
    package func saying(_ more: [ProblemKind]) -> Operation {
        var operation = self
        for kind in more where !operation.problems.contains(where: { $0.code == kind.code && $0.status == kind.status })
        {
            operation.problems.append(kind)
        }
        return operation
    }

    /// HEAD of a GET.
    package var onlyHead: Operation {
        var operation = self
        operation.method = "HEAD"
        operation.id = "head" + id.prefix(1).uppercased() + id.dropFirst()
        operation.summary += " Only the head of the answer."
        return operation
    }
}

extension Operation {
    /// An operation; its path, its method and who may are those of its row.
    package init(
        _ id: String, _ summary: String, _ parameters: [Parameter], body: ObjectSchema? = nil,
        _ answers: [Response], _ problems: [ProblemKind] = []
    ) {
        self.init(path: "", method: "", id: id, summary: summary)
        self.parameters = parameters
        self.body = body
        self.answers = answers
        self.problems = problems
    }

    /// One without parameters.
    package init(
        _ id: String, _ summary: String, body: ObjectSchema? = nil, _ answers: [Response],
        _ problems: [ProblemKind] = []
    ) {
        let none: [Parameter] = []
        self.init(id, summary, none, body: body, answers, problems)
    }
}
