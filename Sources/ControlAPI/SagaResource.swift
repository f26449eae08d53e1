public import CEL

/// One saga as the socket shows it; secrets are masked, times are RFC 3339 in UTC with milliseconds.
public struct SagaResource: Sendable, Hashable {
    /// A UUIDv7 in 36 characters; a prefix of 8 digits or more names it too while no other saga has it.
    public var id: String
    /// The business key; the id where the workflow and the start give none.
    public var key: String
    /// The name of its workflow.
    public var workflow: String
    /// The version that it is pinned to, as text.
    public var version: String
    /// The workflow's state that it is in; while it compensates, the one that it left.
    public var state: String
    /// `running`, `waiting`, `cancelling`, `compensating`, `stuck`, `paused`, `succeeded`, `cancelled` or `terminated`.
    public var status: String
    /// Why it is stuck.
    public var reason: String?
    /// When its start was decided.
    public var startedAt: String
    /// When its newest record was decided.
    public var updatedAt: String
    /// As started, every secret replaced by `***`.
    public var input: Value
    /// What the workflow's `set` has kept, masked like `input`.
    public var vars: MapValue
    /// What it can be searched by, as of `updatedAt`; those whose expression fails are absent.
    public var attributes: MapValue
    /// In the order in which they were armed; a state that was visited twice has two.
    public var steps: [Step]
    /// The earliest first.
    public var timers: [Timer]
    /// The signals that its state takes now.
    public var signals: [String]
    /// Where it goes once the call in flight is settled.
    public var leavingTo: String?
    /// `accepted` or `deferred`.
    public var cancel: String?
    /// `false` when a wait ran out before its goal.
    public var reached: Bool

    /// A step that was armed.
    public struct Step: Sendable, Hashable {
        /// Unique in the saga: the number of its `step-armed` record.
        public var number: Int
        /// The state that made the call.
        public var state: String
        /// `participant.operation`, forward.
        public var call: String
        /// `none`, `unknown`, `succeeded`, `refused` or `compensated`.
        public var outcome: String
        /// Whether something of it may be left in the outside world.
        public var armed: Bool
        /// The idempotency key of the forward call; the same for every attempt.
        public var key: String
        /// Forward attempts that were made.
        public var attempts: Int
        /// The compensation's operation, once it is armed, and how often it was tried.
        public var undo: String?
        /// 0, and not on the wire, while `undo` is `nil`.
        public var undoAttempts: Int

        /// A step; `undoAttempts` counts only with an `undo`.
        public init(
            number: Int, state: String, call: String, outcome: String, armed: Bool, key: String, attempts: Int,
            undo: String?, undoAttempts: Int
        ) {
            self.number = number
            self.state = state
            self.call = call
            self.outcome = outcome
            self.armed = armed
            self.key = key
            self.attempts = attempts
            self.undo = undo
            self.undoAttempts = undoAttempts
        }
    }

    /// A timer that will fire.
    public struct Timer: Sendable, Hashable {
        /// The text in the workflow's file (`10m`), or `deadline`.
        public var name: String
        /// When it fires; late when the daemon was down then.
        public var due: String

        /// A timer that was set.
        public init(name: String, due: String) {
            self.name = name
            self.due = due
        }
    }

    /// A saga whose secrets are masked already.
    public init(
        id: String, key: String, workflow: String, version: String, state: String, status: String, reason: String?,
        startedAt: String, updatedAt: String, input: Value, vars: MapValue, attributes: MapValue, steps: [Step],
        timers: [Timer], signals: [String], leavingTo: String?, cancel: String?, reached: Bool = true
    ) {
        self.id = id
        self.key = key
        self.workflow = workflow
        self.version = version
        self.state = state
        self.status = status
        self.reason = reason
        self.startedAt = startedAt
        self.updatedAt = updatedAt
        self.input = input
        self.vars = vars
        self.attributes = attributes
        self.steps = steps
        self.timers = timers
        self.signals = signals
        self.leavingTo = leavingTo
        self.cancel = cancel
        self.reached = reached
    }
}

extension SagaResource {
    /// Throws for a text or number that is missing and for any member of another type, in steps and timers too; without
    /// `reached` it reads `true`.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a saga")
        var steps: [Step] = []
        for item in try members.list("steps") { steps.append(try Step(json: item)) }
        var timers: [Timer] = []
        for item in try members.list("timers") {
            let timer = try Members(item, of: "a timer")
            timers.append(Timer(name: try timer.text("name"), due: try timer.text("due")))
        }
        self.init(
            id: try members.text("id"), key: try members.text("key"), workflow: try members.text("workflow"),
            version: try members.text("version"), state: try members.text("state"),
            status: try members.text("status"), reason: try members.optionalText("reason"),
            startedAt: try members.text("startedAt"), updatedAt: try members.text("updatedAt"),
            input: members.value("input"), vars: try members.object("vars"),
            attributes: try members.object("attributes"), steps: steps, timers: timers,
            signals: try members.texts("signals"), leavingTo: try members.optionalText("leavingTo"),
            cancel: try members.optionalText("cancel"), reached: try members.flag("reached", default: true))
    }

    /// Members without a value are left out, and `reached` while it is `true`.
    public var json: Value {
        .map(
            MapValue(present: [
                ("id", .string(id)), ("key", .string(key)), ("workflow", .string(workflow)),
                ("version", .string(version)), ("state", .string(state)), ("status", .string(status)),
                ("reason", reason.map { .string($0) }), ("startedAt", .string(startedAt)),
                ("updatedAt", .string(updatedAt)), ("input", input), ("vars", .map(vars)),
                ("attributes", .map(attributes)), ("steps", .list(steps.map(\.json))),
                ("timers", .list(timers.map(\.json))), ("signals", signals.json),
                ("leavingTo", leavingTo.map { .string($0) }), ("cancel", cancel.map { .string($0) }),
                ("reached", reached ? nil : .bool(false)),
            ]))
    }
}

extension SagaResource.Step {
    init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a step")
        self.init(
            number: try members.integer("number"), state: try members.text("state"), call: try members.text("call"),
            outcome: try members.text("outcome"), armed: try members.flag("armed"), key: try members.text("key"),
            attempts: try members.integer("attempts"), undo: try members.optionalText("undo"),
            undoAttempts: members.map["undoAttempts"] == nil ? 0 : try members.integer("undoAttempts"))
    }

    var json: Value {
        .map(
            MapValue(present: [
                ("number", .int(Int64(number))), ("state", .string(state)), ("call", .string(call)),
                ("outcome", .string(outcome)), ("armed", .bool(armed)), ("key", .string(key)),
                ("attempts", .int(Int64(attempts))), ("undo", undo.map { .string($0) }),
                ("undoAttempts", undo == nil ? nil : .int(Int64(undoAttempts))),
            ]))
    }
}

extension SagaResource.Timer {
    var json: Value { .map(MapValue(distinct: [("name", .string(name)), ("due", .string(due))])) }
}
