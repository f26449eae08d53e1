public import CEL

/// One event of `GET /v1/feed`: a CloudEvent 1.0 in its structured JSON form.
public struct FeedResource: Sendable, Hashable {
    /// Unique with ``source``, and the same whenever it is told.
    public var id: String
    /// Where it comes from: `urn:yogiyogi:workflow:NAME`, or `urn:yogiyogi:feed` for what the feed says of itself.
    public var source: String
    /// `yogiyogi.saga.` and the word of a record (`started`, `entered` …), or `yogiyogi.feed.` and `pruned`, `restored` or `unreadable`.
    public var type: String
    /// The saga's id; `nil` for what the feed says of itself.
    public var subject: String?
    /// When it happened; RFC 3339 in UTC with milliseconds. `nil` for what the feed says of itself.
    public var time: String?
    /// The workflow's name and version; `nil` for what the feed says of itself.
    public var workflow: String?
    /// See ``workflow``.
    public var version: String?
    /// What `after` takes to go on behind it; opaque.
    public var cursor: String
    /// Of a record what its history has (`HistoryResource`); else what is missing.
    public var data: Value

    /// What begins the type of what happened to a saga.
    public static let sagaPrefix = "yogiyogi.saga."
    /// What begins the type of what the feed says of itself.
    public static let feedPrefix = "yogiyogi.feed."

    /// An event whose `data` is masked already.
    public init(
        id: String, source: String, type: String, subject: String? = nil, time: String? = nil, workflow: String? = nil,
        version: String? = nil, cursor: String, data: Value
    ) {
        self.id = id
        self.source = source
        self.type = type
        self.subject = subject
        self.time = time
        self.workflow = workflow
        self.version = version
        self.cursor = cursor
        self.data = data
    }

    /// Throws when what every event has is missing or of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "an event")
        id = try members.text("id")
        source = try members.text("source")
        type = try members.text("type")
        subject = try members.optionalText("subject")
        time = try members.optionalText("time")
        workflow = try members.optionalText("workflow")
        version = try members.optionalText("version")
        cursor = try members.text("cursor")
        data = members.value("data")
    }

    /// The attributes of CloudEvents, those of our own (`workflow`, `version`, `cursor`), and `data`.
    public var json: Value {
        .map(
            MapValue(present: [
                ("specversion", .string("1.0")), ("id", .string(id)), ("source", .string(source)),
                ("type", .string(type)), ("subject", subject.map { .string($0) }), ("time", time.map { .string($0) }),
                ("datacontenttype", .string("application/json")), ("workflow", workflow.map { .string($0) }),
                ("version", version.map { .string($0) }), ("cursor", .string(cursor)), ("data", data),
            ]))
    }
}

extension FeedResource: Described {
    package static let schema = ObjectSchema(
        "Event",
        [
            .always("specversion", .exactly("1.0")), .always("id", .text), .always("source", .text),
            .always(
                "type",
                .word(
                    HistoryResource.types.map { sagaPrefix + $0 }
                        + ["pruned", "restored", "unreadable"].map { feedPrefix + $0 })),
            .maybe("subject", .sagaID), .maybe("time", .time),
            .always("datacontenttype", .exactly("application/json")), .maybe("workflow", .text),
            .maybe("version", .text), .always("cursor", .text), .always("data", .free),
        ])
}
