public import CEL

/// How far the daemon has come with what it does in small steps beside its work.
public struct ProgressResource: Sendable, Hashable {
    /// Looked at.
    public var done: Int
    /// As many as there were at the beginning.
    public var total: Int

    /// So far of so many.
    public init(done: Int, total: Int) {
        self.done = done
        self.total = total
    }

    /// Throws when a member is missing or no integer.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "progress")
        done = try members.integer("done")
        total = try members.integer("total")
    }

    /// `{"done": …, "total": …}`.
    public var json: Value { .map(MapValue(distinct: [("done", .int(Int64(done))), ("total", .int(Int64(total)))])) }
}

extension ProgressResource: Described {
    package static let schema = ObjectSchema("Progress", [.always("done", .count), .always("total", .count)])
}
