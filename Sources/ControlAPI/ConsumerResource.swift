public import CEL

/// One who is told what happens, under a name (`GET /v1/feeds`).
public struct ConsumerResource: Sendable, Hashable {
    /// 1 to 64 letters, digits, `-`, `_` and `.`.
    public var name: String
    /// Behind the last event that it has acknowledged.
    public var cursor: String
    /// Commits that it has not acknowledged, with those that its filter leaves out.
    public var behind: Int
    /// When the first of them was; `nil` when there is none.
    public var since: String?
    /// Names; none: all.
    public var workflows: [String]
    /// Words of records; none: all.
    public var kinds: [String]
    /// When it was made.
    public var madeAt: String
    /// When it last acknowledged, or was moved.
    public var movedAt: String?
    /// Where it is told by the daemon; `nil`: it asks by itself.
    public var webhook: WebhookResource?

    /// A consumer as it is now.
    public init(
        name: String, cursor: String, behind: Int, since: String?, workflows: [String], kinds: [String],
        madeAt: String, movedAt: String?, webhook: WebhookResource?
    ) {
        self.name = name
        self.cursor = cursor
        self.behind = behind
        self.since = since
        self.workflows = workflows
        self.kinds = kinds
        self.madeAt = madeAt
        self.movedAt = movedAt
        self.webhook = webhook
    }

    /// Throws for a member that is missing or of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a consumer")
        self.init(
            name: try members.text("name"), cursor: try members.text("cursor"), behind: try members.integer("behind"),
            since: try members.optionalText("since"), workflows: try members.texts("workflow"),
            kinds: try members.texts("kind"), madeAt: try members.text("madeAt"),
            movedAt: try members.optionalText("movedAt"),
            webhook: try members.optional("webhook", WebhookResource.init(json:)))
    }

    /// The members in the order of the properties; what is `nil` only when it is there.
    public var json: Value {
        .map(
            MapValue(present: [
                ("name", .string(name)), ("cursor", .string(cursor)), ("behind", .int(Int64(behind))),
                ("since", since.map { .string($0) }), ("workflow", workflows.json), ("kind", kinds.json),
                ("madeAt", .string(madeAt)), ("movedAt", movedAt.map { .string($0) }), ("webhook", webhook?.json),
            ]))
    }
}

/// A receiver that the daemon tells by itself, as the configuration names it.
public struct WebhookResource: Sendable, Hashable {
    /// Where it is.
    public var url: String
    /// `delivering`, `parked` while it takes nothing, or `gone` after a 410, until a reload.
    public var state: String
    /// Since when it takes nothing.
    public var since: String?
    /// The last failure, while it takes nothing.
    public var error: String?
    /// Batches that it took, since the start of the process.
    public var taken: Int
    /// Batches that it did not take.
    public var failed: Int

    /// A receiver as it is now.
    public init(url: String, state: String, since: String?, error: String?, taken: Int, failed: Int) {
        self.url = url
        self.state = state
        self.since = since
        self.error = error
        self.taken = taken
        self.failed = failed
    }

    /// Throws for a member that is missing or of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a webhook")
        self.init(
            url: try members.text("url"), state: try members.text("state"), since: try members.optionalText("since"),
            error: try members.optionalText("error"), taken: try members.integer("taken"),
            failed: try members.integer("failed"))
    }

    /// The members in the order of the properties; what is `nil` only when it is there.
    public var json: Value {
        .map(
            MapValue(present: [
                ("url", .string(url)), ("state", .string(state)), ("since", since.map { .string($0) }),
                ("error", error.map { .string($0) }), ("taken", .int(Int64(taken))), ("failed", .int(Int64(failed))),
            ]))
    }
}

/// Those who are told under a name, by name.
public struct ConsumerList: Sendable, Hashable {
    /// All that read.
    public var consumers: [ConsumerResource]
    /// The names of those whose rows in the store do not read: they are to be removed and made anew.
    public var unreadable: [String]

    /// A whole list: there are few.
    public init(consumers: [ConsumerResource], unreadable: [String] = []) {
        self.consumers = consumers
        self.unreadable = unreadable
    }

    /// Throws for a member that is missing or of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a list of consumers")
        var consumers: [ConsumerResource] = []
        for item in try members.list("feeds") { consumers.append(try ConsumerResource(json: item)) }
        self.init(consumers: consumers, unreadable: try members.texts("unreadable"))
    }

    /// `feeds`, and `unreadable` when there are some.
    public var json: Value {
        .map(
            MapValue(present: [
                ("feeds", .list(consumers.map(\.json))), ("unreadable", unreadable.isEmpty ? nil : unreadable.json),
            ]))
    }
}

extension ConsumerResource: Described {
    package static let schema = ObjectSchema(
        "Consumer",
        [
            .always("name", .text), .always("cursor", .text), .always("behind", .count), .maybe("since", .time),
            .always("workflow", .list(of: .text)), .always("kind", .list(of: .word(HistoryResource.types))),
            .always("madeAt", .time), .maybe("movedAt", .time), .maybe("webhook", .of(WebhookResource.schema)),
        ])
}

extension WebhookResource: Described {
    package static let schema = ObjectSchema(
        "Webhook",
        [
            .always("url", .text), .always("state", .word(["delivering", "parked"])), .maybe("since", .time),
            .maybe("error", .text),
            .always("taken", .count), .always("failed", .count),
        ])
}

extension ConsumerList: Described {
    package static let schema = ObjectSchema(
        "ConsumerList",
        [.always("feeds", .list(of: .of(ConsumerResource.schema))), .maybe("unreadable", .list(of: .text))])
}
