import CEL

/// Calls that wait for their participant to come back: without an attempt, and without a line of any history.
public struct ParkedResource: Sendable, Hashable {
    /// How many wait for that participant.
    public var calls: Int
    /// RFC 3339: since when it is away.
    public var since: String
    /// Why the last call to it failed.
    public var error: String

    /// So many calls.
    public init(calls: Int, since: String, error: String) {
        self.calls = calls
        self.since = since
        self.error = error
    }

    init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "what is parked")
        self.init(
            calls: try members.integer("calls"), since: try members.text("since"), error: try members.text("error"))
    }

    var json: Value {
        .map(
            MapValue(distinct: [("calls", .int(Int64(calls))), ("since", .string(since)), ("error", .string(error))]))
    }
}

extension ParkedResource {
    static let schema = ObjectSchema(
        "Parked", [.always("calls", .count), .always("since", .time), .always("error", .text)])
}
