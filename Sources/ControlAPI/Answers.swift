public import CEL

/// What became of a signal or a cancel, and the saga after it.
public struct CommandAnswer: Sendable, Hashable {
    /// A signal: `handled` or `deferred`; a cancel: `accepted`, `deferred` or `already`.
    public var answer: String
    public var saga: SagaResource

    public init(answer: String, saga: SagaResource) {
        self.answer = answer
        self.saga = saga
    }

    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "an answer")
        answer = try members.text("answer")
        saga = try SagaResource(json: members.value("saga"))
    }

    public var json: Value { .map(MapValue([("answer", .string(answer)), ("saga", saga.json)])) }
}

/// `GET /v1/health`.
public struct HealthResource: Sendable, Hashable {
    /// Whether loop and store make progress.
    public var healthy: Bool
    public var detail: String

    public init(healthy: Bool, detail: String) {
        self.healthy = healthy
        self.detail = detail
    }

    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a health report")
        healthy = try members.flag("healthy")
        detail = try members.text("detail")
    }

    public var json: Value { .map(MapValue([("healthy", .bool(healthy)), ("detail", .string(detail))])) }
}

/// `GET /v1/status`.
public struct StatusResource: Sendable, Hashable {
    public var version: String
    /// Seconds.
    public var uptime: Int
    public var pid: Int
    /// Live sagas by status.
    public var sagas: MapValue
    public var backlog: Int
    public var inputs: Int
    public var commits: Int
    public var participants: [Participant]
    public var limits: MapValue
    public var storeBytes: Int
    /// Why the store takes no writes, while it does not.
    public var storeTrouble: String?

    /// Calls to a participant.
    public struct Participant: Sendable, Hashable {
        public var name: String
        public var url: String
        public var inFlight: Int
        public var queued: Int
        /// `closed`, `open` or `half-open`.
        public var breaker: String

        public init(name: String, url: String, inFlight: Int, queued: Int, breaker: String) {
            self.name = name
            self.url = url
            self.inFlight = inFlight
            self.queued = queued
            self.breaker = breaker
        }
    }

    public init(
        version: String, uptime: Int, pid: Int, sagas: MapValue, backlog: Int, inputs: Int, commits: Int,
        participants: [Participant], limits: MapValue, storeBytes: Int, storeTrouble: String?
    ) {
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
    }

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
                    queued: try one.integer("queued"), breaker: try one.text("breaker")))
        }
        limits = try members.object("limits")
        storeBytes = try members.integer("storeBytes")
        storeTrouble = try members.optionalText("storeTrouble")
    }

    public var json: Value {
        let participants = participants.map { one in
            Value.map(
                MapValue([
                    ("name", .string(one.name)), ("url", .string(one.url)), ("inFlight", .int(Int64(one.inFlight))),
                    ("queued", .int(Int64(one.queued))), ("breaker", .string(one.breaker)),
                ]))
        }
        return .map(
            MapValue(present: [
                ("version", .string(version)), ("uptime", .int(Int64(uptime))), ("pid", .int(Int64(pid))),
                ("sagas", .map(sagas)), ("backlog", .int(Int64(backlog))), ("inputs", .int(Int64(inputs))),
                ("commits", .int(Int64(commits))), ("participants", .list(participants)), ("limits", .map(limits)),
                ("storeBytes", .int(Int64(storeBytes))), ("storeTrouble", storeTrouble.map { .string($0) }),
            ]))
    }
}
