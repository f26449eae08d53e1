public import CEL

/// What became of a signal or a cancel, and the saga after it.
public struct CommandAnswer: Sendable, Hashable {
    /// A signal: `handled` or `deferred`; a cancel: `accepted`, `deferred` or `already`.
    public var answer: String
    /// After the commit, or as it was when the wait ended.
    public var saga: SagaResource

    /// An answer with the saga after it.
    public init(answer: String, saga: SagaResource) {
        self.answer = answer
        self.saga = saga
    }

    /// Throws when `answer` or `saga` is missing or of another type; other members are left alone.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "an answer")
        answer = try members.text("answer")
        saga = try SagaResource(json: members.value("saga"))
    }

    /// `{"answer": …, "saga": {…}}`.
    public var json: Value { .map(MapValue([("answer", .string(answer)), ("saga", saga.json)])) }
}

/// What became of an answer that a participant has brought to `POST /v1/calls/{token}/…`.
public struct CallbackAnswer: Sendable, Hashable {
    /// `settled`: it is the call's outcome; `noted`: the call waits on; `known`: the same was said before.
    public var answer: String
    /// Until when the call waits, where more time was asked for; RFC 3339.
    public var until: String?

    /// - Parameter until: RFC 3339.
    public init(answer: String, until: String? = nil) {
        self.answer = answer
        self.until = until
    }

    /// Throws when `answer` is missing or of another type; other members are left alone.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "an answer to a callback")
        answer = try members.text("answer")
        until = try members.optionalText("until")
    }

    /// `{"answer": …, "until"?: …}`.
    public var json: Value {
        .map(MapValue(present: [("answer", .string(answer)), ("until", until.map { .string($0) })]))
    }
}

/// `GET /v1/health`: 200 with this, or 503 with a ``WireProblem`` that has these members too, and `progress`: whether the loop moves and
/// the store answers, which is all that the watchdog asks.
public struct HealthResource: Sendable, Hashable {
    /// Whether new work would be taken.
    public var healthy: Bool
    /// A sentence for people; programs read `healthy`.
    public var detail: String

    /// Whether nothing moves until it is resumed; not shown while it is `false`.
    public var paused: Bool

    /// A report with its sentence.
    public init(healthy: Bool, detail: String, paused: Bool = false) {
        self.healthy = healthy
        self.detail = detail
        self.paused = paused
    }

    /// Throws when `healthy` is no boolean or `detail` is missing; without `healthy` it reads `false`.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a health report")
        healthy = try members.flag("healthy")
        detail = try members.text("detail")
        paused = try members.flag("paused")
    }

    /// `{"healthy": …, "detail": …}`.
    public var json: Value {
        .map(
            MapValue(present: [
                ("healthy", .bool(healthy)), ("detail", .string(detail)), ("paused", paused ? .bool(true) : nil),
            ]))
    }
}

/// `GET /v1/status`.
public struct StatusResource: Sendable, Hashable {
    /// Of the daemon, as `yogiyogid --version` prints it.
    public var version: String
    /// Seconds.
    public var uptime: Int
    /// Of the daemon's process, as it sees itself.
    public var pid: Int
    /// Live sagas by status.
    public var sagas: MapValue
    /// Orders that wait to be decided; `limits.inbox` is the most commands among them.
    public var backlog: Int
    /// Decided since the start of the process.
    public var inputs: Int
    /// Transactions since the start of the process.
    public var commits: Int
    /// Every one that is configured, also without calls.
    public var participants: [Participant]
    /// `inbox` and `batch` in inputs, `body` and `page` in bytes.
    public var limits: MapValue
    /// Bytes of the database's pages, without the write-ahead log.
    public var storeBytes: Int
    /// Why the store takes no writes, while it does not.
    public var storeTrouble: String?
    /// How the store is sealed.
    public var seal: SealResource?
    /// Whether nothing moves until it is resumed; not shown while it is `false`.
    public var paused: Bool
    /// Entries of the log that were lost since the start of the process, as journald did not keep up.
    public var logDropped: Int
    /// Sagas and jobs that retention took away since the start of the process; not shown while there are none.
    public var pruned: Int
    /// Views whose rows are not all as their definitions say; not shown while there are none.
    public var views: [ViewStateResource]
    /// Receivers that take nothing of what they are told, by the names of their consumers; not shown while there are none.
    public var webhooks: [Webhook]

    /// What is bounded together, and how full it is; a daemon of before tells nothing of it.
    public var pools: [Pool]

    /// Something of which there is a budget.
    public struct Pool: Sendable, Hashable {
        /// `inbox`, `cache`, `early`, `bodies`, `answers` or `connections`.
        public var name: String
        /// Now.
        public var used: Int
        /// The budget; what has happened is taken above it too.
        public var max: Int
        /// Whether bytes are counted.
        public var isBytes: Bool

        /// A pool at a moment.
        public init(name: String, used: Int, max: Int, isBytes: Bool = true) {
            self.name = name
            self.used = used
            self.max = max
            self.isBytes = isBytes
        }
    }

    /// A receiver that takes nothing now.
    public struct Webhook: Sendable, Hashable {
        /// The name of its consumer.
        public var consumer: String
        /// How it is with it.
        public var webhook: WebhookResource

        /// A line of the status.
        public init(consumer: String, webhook: WebhookResource) {
            self.consumer = consumer
            self.webhook = webhook
        }
    }

    /// Calls to a participant.
    public struct Participant: Sendable, Hashable {
        /// The name under `participants:`, as workflows call it.
        public var name: String
        /// Where it is reached: `http://HOST:PORT` or `unix:PATH`.
        public var url: String
        /// Calls sent and not answered.
        public var inFlight: Int
        /// Calls committed and waiting, for room or for the participant to come back.
        public var queued: Int
        /// `closed`, `open` or `half-open`; `off` where none is configured.
        public var breaker: String
        /// Those of `queued` that wait for the participant to come back; `nil` while none does.
        public var parked: ParkedResource?
        /// What its operations are sent as; those that the configuration maps onto an API.
        public var operations: [Mapped]

        /// An operation that is mapped onto an API.
        public struct Mapped: Sendable, Hashable {
            /// What stands behind the point of a workflow's `call:`.
            public var operation: String
            /// Method, path, and what else it has, in words; nothing of a credential but its name.
            public var sends: String

            /// An operation with what it is sent as.
            public init(operation: String, sends: String) {
                self.operation = operation
                self.sends = sends
            }
        }

        /// A participant's line of the status.
        public init(
            name: String, url: String, inFlight: Int, queued: Int, breaker: String, parked: ParkedResource? = nil,
            operations: [Mapped] = []
        ) {
            self.operations = operations
            self.parked = parked
            self.name = name
            self.url = url
            self.inFlight = inFlight
            self.queued = queued
            self.breaker = breaker
        }
    }

    /// A status; all counts are 0 or more.
    public init(
        version: String, uptime: Int, pid: Int, sagas: MapValue, backlog: Int, inputs: Int, commits: Int,
        participants: [Participant], limits: MapValue, storeBytes: Int, storeTrouble: String?,
        seal: SealResource? = nil, paused: Bool = false, logDropped: Int = 0, pruned: Int = 0,
        views: [ViewStateResource] = [], webhooks: [Webhook] = [], pools: [Pool] = []
    ) {
        self.webhooks = webhooks
        self.pools = pools
        self.logDropped = logDropped
        self.pruned = pruned
        self.views = views
        self.version = version
        self.uptime = uptime
        self.pid = pid
        self.sagas = sagas
        self.backlog = backlog
        self.inputs = inputs
        self.commits = commits
        self.participants = participants
        self.limits = limits
        self.storeBytes = storeBytes
        self.storeTrouble = storeTrouble
        self.seal = seal
        self.paused = paused
    }

    /// Throws for a member that is missing or of another type; `storeTrouble`, lists and objects may be absent.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a status")
        version = try members.text("version")
        uptime = try members.integer("uptime")
        pid = try members.integer("pid")
        sagas = try members.object("sagas")
        backlog = try members.integer("backlog")
        inputs = try members.integer("inputs")
        commits = try members.integer("commits")
        participants = []
        for item in try members.list("participants") {
            let one = try Members(item, of: "a participant")
            participants.append(
                Participant(
                    name: try one.text("name"), url: try one.text("url"), inFlight: try one.integer("inFlight"),
                    queued: try one.integer("queued"), breaker: try one.text("breaker"),
                    parked: try one.optional("parked", ParkedResource.init(json:)),
                    operations: try Participant.Mapped.list(one.list("operations"))))
        }
        limits = try members.object("limits")
        storeBytes = try members.integer("storeBytes")
        storeTrouble = try members.optionalText("storeTrouble")
        seal = try members.optional("seal", SealResource.init(json:))
        pruned = try members.optionalInteger("pruned") ?? 0
        logDropped = try members.optionalInteger("logDropped") ?? 0
        paused = try members.flag("paused")
        pools = []
        for item in try members.list("pools") {
            let one = try Members(item, of: "a pool")
            pools.append(
                Pool(
                    name: try one.text("name"), used: try one.integer("used"), max: try one.integer("max"),
                    isBytes: try one.text("unit") == "bytes"))
        }
        views = []
        for item in try members.list("views") { views.append(try ViewStateResource(json: item)) }
        webhooks = []
        for item in try members.list("webhooks") {
            let one = try Members(item, of: "a webhook")
            webhooks.append(
                Webhook(consumer: try one.text("consumer"), webhook: try WebhookResource(json: one.value("webhook"))))
        }
    }

    /// The members in the order of the properties; `storeTrouble` only while there is trouble.
    public var json: Value {
        let participants = participants.map { one in
            Value.map(
                MapValue(present: [
                    ("name", .string(one.name)), ("url", .string(one.url)), ("inFlight", .int(Int64(one.inFlight))),
                    ("queued", .int(Int64(one.queued))), ("breaker", .string(one.breaker)),
                    ("parked", one.parked?.json),
                    ("operations", one.operations.isEmpty ? nil : .list(one.operations.map(\.json))),
                ]))
        }
        return .map(
            MapValue(present: [
                ("version", .string(version)), ("uptime", .int(Int64(uptime))), ("pid", .int(Int64(pid))),
                ("sagas", .map(sagas)), ("backlog", .int(Int64(backlog))), ("inputs", .int(Int64(inputs))),
                ("commits", .int(Int64(commits))), ("participants", .list(participants)), ("limits", .map(limits)),
                ("pools", pools.isEmpty ? nil : .list(pools.map(\.json))),
                ("storeBytes", .int(Int64(storeBytes))), ("logDropped", .int(Int64(logDropped))),
                ("storeTrouble", storeTrouble.map { .string($0) }),
                ("seal", seal?.json),
                ("paused", paused ? .bool(true) : nil), ("pruned", pruned > 0 ? .int(Int64(pruned)) : nil),
                ("views", views.isEmpty ? nil : .list(views.map(\.json))),
                ("webhooks", webhooks.isEmpty ? nil : .list(webhooks.map(\.json))),
            ]))
    }
}

extension StatusResource.Webhook {
    fileprivate var json: Value {
        .map(MapValue([("consumer", .string(consumer)), ("webhook", webhook.json)]))
    }
}

extension StatusResource.Pool {
    fileprivate var json: Value {
        .map(
            MapValue([
                ("name", .string(name)), ("used", .int(Int64(used))), ("max", .int(Int64(max))),
                ("unit", .string(isBytes ? "bytes" : "connections")),
            ]))
    }
}

extension CommandAnswer: Described {
    package static let schema = ObjectSchema(
        "CommandAnswer",
        [
            .always("answer", .word(["handled", "deferred", "accepted", "already"])),
            .always("saga", .of(SagaResource.schema)),
        ])
}

extension HealthResource: Described {
    package static let schema = ObjectSchema(
        "Health", [.always("healthy", .always), .always("detail", .text), .maybe("paused", .always)])
}

extension StatusResource: Described {
    package static let schema = ObjectSchema(
        "Status",
        [
            .always("version", .text), .always("uptime", .count), .always("pid", .count),
            .always("sagas", .map(of: .count)), .always("backlog", .count), .always("inputs", .count),
            .always("commits", .count), .always("participants", .list(of: .of(Participant.schema))),
            .always("limits", .map(of: .count)), .maybe("pools", .list(of: .of(Pool.schema))),
            .always("storeBytes", .count), .always("logDropped", .count), .maybe("storeTrouble", .text),
            .maybe("seal", .of(SealResource.schema)), .maybe("paused", .always),
            .maybe("pruned", .integer(from: 1)), .maybe("views", .list(of: .of(ViewStateResource.schema))),
            .maybe("webhooks", .list(of: .of(Webhook.schema))),
        ])
}

extension StatusResource.Participant {
    static let schema = ObjectSchema(
        "Participant",
        [
            .always("name", .text), .always("url", .text), .always("inFlight", .count), .always("queued", .count),
            .always("breaker", .word(["closed", "open", "half-open", "off"])),
            .maybe("parked", .of(ParkedResource.schema)),
            .maybe(
                "operations",
                .list(of: .of(ObjectSchema("Mapped", [.always("operation", .text), .always("sends", .text)])))),
        ])
}

extension StatusResource.Pool {
    static let schema = ObjectSchema(
        "Pool",
        [
            .always("name", .word(["inbox", "cache", "early", "bodies", "answers", "connections"])),
            .always("used", .count), .always("max", .count), .always("unit", .word(["bytes", "connections"])),
        ])
}

extension StatusResource.Webhook {
    static let schema = ObjectSchema(
        "StatusWebhook", [.always("consumer", .text), .always("webhook", .of(WebhookResource.schema))])
}

extension StatusResource.Participant.Mapped {
    fileprivate static func list(_ items: [Value]) throws(MalformedResource) -> [Self] {
        var list: [Self] = []
        for item in items {
            let mapped = try Members(item, of: "an operation")
            list.append(Self(operation: try mapped.text("operation"), sends: try mapped.text("sends")))
        }
        return list
    }

    fileprivate var json: Value { .map(MapValue([("operation", .string(operation)), ("sends", .string(sends))])) }
}
