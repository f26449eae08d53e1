public import CEL

/// A view whose rows are not all as its definition says: of the status, and the answer of `POST /v1/views/{view}/rebuild`.
public struct ViewStateResource: Sendable, Hashable {
    /// As workflows call it.
    public var name: String
    /// How far its rows are written anew, in sagas; `nil` while nobody has asked for it.
    public var progress: Progress?

    /// Sagas.
    public struct Progress: Sendable, Hashable {
        /// Looked at.
        public var done: Int
        /// As many as there were at the beginning.
        public var total: Int

        /// So far of so many.
        public init(done: Int, total: Int) {
            self.done = done
            self.total = total
        }
    }

    /// A view and how far it is.
    public init(name: String, progress: Progress? = nil) {
        self.name = name
        self.progress = progress
    }

    /// Throws when `name` is missing, or a member is of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a view's state")
        name = try members.text("name")
        guard let value = members.map["progress"] else { return }
        let found = try Members(value, of: "a view's progress")
        progress = Progress(done: try found.integer("done"), total: try found.integer("total"))
    }

    /// `{"name": …, "progress": {"done": …, "total": …}}`; no `progress` while nothing is rebuilt.
    public var json: Value {
        let progress = progress.map { progress in
            Value.map(MapValue([("done", .int(Int64(progress.done))), ("total", .int(Int64(progress.total)))]))
        }
        return .map(MapValue(present: [("name", .string(name)), ("progress", progress)]))
    }
}
