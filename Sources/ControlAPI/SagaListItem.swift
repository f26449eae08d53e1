public import CEL

/// One saga in a list: what is asked of many at once. Its input, variables, steps and history are in its own ``SagaResource``.
public struct SagaListItem: Sendable, Hashable {
    /// A UUIDv7 in 36 characters.
    public var id: String
    /// As in ``SagaResource/serial``.
    public var serial: Int?
    /// The business key; the id where the workflow and the start give none.
    public var key: String
    /// The name of its workflow.
    public var workflow: String
    /// The version that it is pinned to, as text.
    public var version: String
    /// The workflow's state that it is in; while it compensates, the one that it left.
    public var state: String
    /// As in ``SagaResource/status``.
    public var status: String
    /// Why it is stuck.
    public var reason: String?
    /// When its start was decided.
    public var startedAt: String
    /// When its newest record was decided.
    public var updatedAt: String
    /// When it has something to do by itself; `nil` with a call in flight, and when it waits for others alone.
    public var due: String?
    /// `participant.operation` of the step that is in flight, or waits for its next attempt.
    public var call: String?
    /// What it can be searched by, secrets masked.
    public var attributes: MapValue
    /// Where it goes once the call in flight is settled.
    public var leavingTo: String?
    /// As in ``SagaResource/cancel``.
    public var cancel: String?
    /// Late answers that contradict what the saga knows, the oldest first.
    public var alarms: [SagaResource.Alarm]
    /// What helps a saga that is stuck.
    public var hint: SagaResource.Hint?

    /// A saga whose secrets are masked already.
    public init(
        id: String, key: String, workflow: String, version: String, state: String, status: String,
        reason: String? = nil, startedAt: String, updatedAt: String, due: String? = nil, call: String? = nil,
        attributes: MapValue = MapValue(), leavingTo: String? = nil, cancel: String? = nil,
        alarms: [SagaResource.Alarm] = [], hint: SagaResource.Hint? = nil, serial: Int? = nil
    ) {
        self.serial = serial
        self.id = id
        self.key = key
        self.workflow = workflow
        self.version = version
        self.state = state
        self.status = status
        self.reason = reason
        self.startedAt = startedAt
        self.updatedAt = updatedAt
        self.due = due
        self.call = call
        self.attributes = attributes
        self.leavingTo = leavingTo
        self.cancel = cancel
        self.alarms = alarms
        self.hint = hint
    }

    /// Throws for a text that is missing and for any member of another type.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a saga of a list")
        var alarms: [SagaResource.Alarm] = []
        for item in try members.list("alarms") { alarms.append(try SagaResource.Alarm(json: item)) }
        self.init(
            id: try members.text("id"), key: try members.text("key"), workflow: try members.text("workflow"),
            version: try members.text("version"), state: try members.text("state"),
            status: try members.text("status"), reason: try members.optionalText("reason"),
            startedAt: try members.text("startedAt"), updatedAt: try members.text("updatedAt"),
            due: try members.optionalText("due"), call: try members.optionalText("call"),
            attributes: try members.object("attributes"), leavingTo: try members.optionalText("leavingTo"),
            cancel: try members.optionalText("cancel"), alarms: alarms,
            hint: try members.optional("hint", SagaResource.Hint.init(json:)),
            serial: try members.optionalInteger("serial"))
    }

    /// Members without a value are left out, so are no alarms.
    public var json: Value {
        .map(
            MapValue(present: [
                ("id", .string(id)), ("serial", serial.map { .int(Int64($0)) }), ("key", .string(key)),
                ("workflow", .string(workflow)), ("version", .string(version)), ("state", .string(state)),
                ("status", .string(status)),
                ("reason", reason.map { .string($0) }), ("startedAt", .string(startedAt)),
                ("updatedAt", .string(updatedAt)), ("due", due.map { .string($0) }),
                ("call", call.map { .string($0) }), ("attributes", .map(attributes)),
                ("leavingTo", leavingTo.map { .string($0) }), ("cancel", cancel.map { .string($0) }),
                ("alarms", alarms.isEmpty ? nil : .list(alarms.map(\.json))), ("hint", hint.map(\.json)),
            ]))
    }
}

extension SagaListItem: Described {
    package static let schema = ObjectSchema(
        "SagaListItem",
        [
            .always("id", .sagaID), .maybe("serial", .integer(from: 1)), .always("key", .text),
            .always("workflow", .text), .always("version", .text), .always("state", .text),
            .always("status", .word(SagaResource.statuses)), .maybe("reason", .text), .always("startedAt", .time),
            .always("updatedAt", .time), .maybe("due", .time), .maybe("call", .text), .always("attributes", .free),
            .maybe("leavingTo", .text), .maybe("cancel", .word(SagaResource.cancelStates)),
            .maybe("alarms", .list(of: .of(SagaResource.Alarm.schema))),
            .maybe("hint", .of(SagaResource.Hint.schema)),
        ])
}
