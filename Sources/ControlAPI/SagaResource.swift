public import CEL

/// One saga as the socket shows it; secrets are masked, times are RFC 3339 in UTC with milliseconds.
public struct SagaResource: Sendable, Hashable {
    public var id: String
    public var key: String
    public var workflow: String
    public var version: String
    public var state: String
    public var status: String
    /// Why it is stuck.
    public var reason: String?
    public var startedAt: String
    public var updatedAt: String
    public var input: Value
    public var vars: MapValue
    public var attributes: MapValue
    public var steps: [Step]
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
        public var number: Int
        public var state: String
        public var call: String
        /// `none`, `unknown`, `succeeded`, `refused` or `compensated`.
        public var outcome: String
        /// Whether something of it may be left in the outside world.
        public var armed: Bool
        public var key: String
        public var attempts: Int
        /// The compensation's operation, once it is armed, and how often it was tried.
        public var undo: String?
        public var undoAttempts: Int

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
        public var name: String
        public var due: String

        public init(name: String, due: String) {
            self.name = name
            self.due = due
        }
    }

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
