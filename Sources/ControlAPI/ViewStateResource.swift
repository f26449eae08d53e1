public import CEL

/// A view whose rows are not all as its definition says: of the status, and the answer of `POST /v1/views/{view}/rebuild`.
public struct ViewStateResource: Sendable, Hashable {
    /// As workflows call it.
    public var name: String
    /// How far its rows are written anew, in sagas; `nil` while nobody has asked for it.
    public var progress: ProgressResource?

    /// A view and how far it is.
    public init(name: String, progress: ProgressResource? = nil) {
        self.name = name
        self.progress = progress
    }

    /// Throws when `name` is missing, or a member is of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a view's state")
        name = try members.text("name")
        progress = try members.optional("progress", ProgressResource.init(json:))
    }

    /// `{"name": …, "progress": {"done": …, "total": …}}`; no `progress` while nothing is rebuilt.
    public var json: Value {
        .map(MapValue(present: [("name", .string(name)), ("progress", progress?.json)]))
    }
}

extension ViewStateResource: Described {
    package static let schema = ObjectSchema(
        "ViewState", [.always("name", .text), .maybe("progress", .of(ProgressResource.schema))])
}
