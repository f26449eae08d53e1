public import CEL

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
        var alarms: [Alarm] = []
        for item in try members.list("alarms") { alarms.append(try Alarm(json: item)) }
        self.init(
            id: try members.text("id"), key: try members.text("key"), workflow: try members.text("workflow"),
            version: try members.text("version"), state: try members.text("state"),
            status: try members.text("status"), reason: try members.optionalText("reason"),
            startedAt: try members.text("startedAt"), updatedAt: try members.text("updatedAt"),
            input: members.value("input"), vars: try members.object("vars"),
            attributes: try members.object("attributes"), steps: steps, timers: timers,
            signals: try members.texts("signals"), leavingTo: try members.optionalText("leavingTo"),
            cancel: try members.optionalText("cancel"), alarms: alarms,
            hint: try members.optional("hint", Hint.init(json:)),
            earlierSteps: try members.optionalInteger("earlierSteps") ?? 0,
            trying: try members.optional("trying", Trying.init(json:)),
            reached: try members.flag("reached", default: true), serial: try members.optionalInteger("serial"))
        parked = try members.optional("parked", ParkedResource.init(json:))
    }

    /// Members without a value are left out, so are no alarms, and `reached` while it is `true`.
    public var json: Value {
        .map(
            MapValue(present: [
                ("id", .string(id)), ("serial", serial.map { .int(Int64($0)) }), ("key", .string(key)),
                ("workflow", .string(workflow)), ("version", .string(version)), ("state", .string(state)),
                ("status", .string(status)),
                ("reason", reason.map { .string($0) }), ("startedAt", .string(startedAt)),
                ("updatedAt", .string(updatedAt)), ("input", input), ("vars", .map(vars)),
                ("attributes", .map(attributes)), ("steps", .list(steps.map(\.json))),
                ("earlierSteps", earlierSteps == 0 ? nil : .int(Int64(earlierSteps))), ("trying", trying.map(\.json)),
                ("parked", parked?.json),
                ("timers", .list(timers.map(\.json))), ("signals", signals.json),
                ("leavingTo", leavingTo.map { .string($0) }), ("cancel", cancel.map { .string($0) }),
                ("alarms", alarms.isEmpty ? nil : .list(alarms.map(\.json))), ("hint", hint.map(\.json)),
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
            undoAttempts: try members.optionalInteger("undoAttempts") ?? 0)
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

extension SagaResource.Trying {
    init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "what is tried")
        self.init(
            step: try members.integer("step"), call: try members.text("call"), outcome: try members.text("outcome"),
            count: try members.integer("count"), first: try members.text("first"),
            message: try members.text("message"), next: try members.optionalText("next"))
    }

    var json: Value {
        .map(
            MapValue(present: [
                ("step", .int(Int64(step))), ("call", .string(call)), ("outcome", .string(outcome)),
                ("count", .int(Int64(count))), ("first", .string(first)), ("message", .string(message)),
                ("next", next.map { .string($0) }),
            ]))
    }
}

extension SagaResource.Timer {
    var json: Value { .map(MapValue(distinct: [("name", .string(name)), ("due", .string(due))])) }
}

extension SagaResource.Alarm {
    init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "an alarm")
        self.init(
            number: try members.integer("number"), at: try members.text("at"), step: try members.integer("step"),
            message: try members.text("message"))
    }

    var json: Value {
        .map(
            MapValue([
                ("number", .int(Int64(number))), ("at", .string(at)), ("step", .int(Int64(step))),
                ("message", .string(message)),
            ]))
    }
}

extension SagaResource.Hint {
    init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a hint")
        self.init(waitsFor: try members.text("waitsFor"), commands: try members.texts("commands"))
    }

    var json: Value { .map(MapValue([("waitsFor", .string(waitsFor)), ("commands", commands.json)])) }
}

extension SagaResource: Described {
    /// Every status of a saga.
    package static let statuses = [
        "running", "waiting", "cancelling", "compensating", "stuck", "paused", "succeeded", "cancelled", "terminated",
    ]
    static let cancelStates = ["accepted", "deferred", "too-late"]

    package static let schema = ObjectSchema(
        "Saga",
        [
            .always("id", .sagaID), .maybe("serial", .integer(from: 1)), .always("key", .text),
            .always("workflow", .text), .always("version", .text), .always("state", .text),
            .always("status", .word(statuses)), .maybe("reason", .text), .always("startedAt", .time),
            .always("updatedAt", .time), .always("input", .any), .always("vars", .free),
            .always("attributes", .free), .always("steps", .list(of: .of(Step.schema))),
            .maybe("earlierSteps", .integer(from: 1)), .maybe("trying", .of(Trying.schema)),
            .maybe("parked", .of(ParkedResource.schema)), .always("timers", .list(of: .of(Timer.schema))),
            .always("signals", .list(of: .text)), .maybe("leavingTo", .text), .maybe("cancel", .word(cancelStates)),
            .maybe("alarms", .list(of: .of(Alarm.schema))), .maybe("hint", .of(Hint.schema)),
            .maybe("reached", .never),
        ])
}

extension SagaResource.Step {
    static let schema = ObjectSchema(
        "Step",
        [
            .always("number", .count), .always("state", .text), .always("call", .text),
            .always(
                "outcome", .word(["none", "unknown", "pending", "succeeded", "refused", "compensated", "skipped"])),
            .always("armed", .flag), .always("key", .text), .always("attempts", .count), .maybe("undo", .text),
            .maybe("undoAttempts", .count),
        ])
}

extension SagaResource.Trying {
    static let schema = ObjectSchema(
        "Trying",
        [
            .always("step", .count), .always("call", .text),
            .always("outcome", .word(["unreached", "unknown", "held", "pending", "unrecognised", "overdue"])),
            .always("count", .count), .always("first", .time), .always("message", .text), .maybe("next", .time),
        ])
}

extension SagaResource.Timer {
    static let schema = ObjectSchema("Timer", [.always("name", .text), .always("due", .time)])
}

extension SagaResource.Alarm {
    static let schema = ObjectSchema(
        "Alarm",
        [.always("number", .count), .always("at", .time), .always("step", .count), .always("message", .text)])
}

extension SagaResource.Hint {
    static let schema = ObjectSchema("Hint", [.always("waitsFor", .text), .always("commands", .list(of: .text))])
}
