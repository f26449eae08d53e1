public import CEL

/// What an operator's act did, or would do.
public struct OperateAnswer: Sendable, Hashable {
    /// `done`, or `would` of a dry run.
    public var answer: String
    /// After the act, and as it was when a wait ended; of a dry run as it would be at once.
    public var saga: SagaResource
    /// What the act added to the history, or would.
    public var records: [HistoryResource]
    /// The calls that left at once, or would.
    public var calls: [CallResource]
    /// Of `terminate`: what stays outstanding; `nil` of the other acts.
    public var effects: [EffectResource]?

    /// A call that leaves.
    public struct CallResource: Sendable, Hashable {
        /// `participant.operation`.
        public var call: String
        /// The step whose call it is.
        public var step: Int
        /// `forward` or `compensation`.
        public var direction: String
        /// Counts from 1.
        public var attempt: Int
        /// The idempotency key that it carries.
        public var key: String

        /// A call that leaves.
        public init(call: String, step: Int, direction: String, attempt: Int, key: String) {
            self.call = call
            self.step = step
            self.direction = direction
            self.attempt = attempt
            self.key = key
        }
    }

    /// An answer with the saga after it.
    public init(
        answer: String, saga: SagaResource, records: [HistoryResource], calls: [CallResource],
        effects: [EffectResource]?
    ) {
        self.answer = answer
        self.saga = saga
        self.records = records
        self.calls = calls
        self.effects = effects
    }

    /// Throws when a member is missing or of another type; without `effects` it has `nil`.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "an act's answer")
        answer = try members.text("answer")
        saga = try SagaResource(json: members.value("saga"))
        records = []
        for item in try members.list("records") { records.append(try HistoryResource(json: item)) }
        calls = []
        for item in try members.list("calls") {
            let call = try Members(item, of: "a call")
            calls.append(
                CallResource(
                    call: try call.text("call"), step: try call.integer("step"),
                    direction: try call.text("direction"), attempt: try call.integer("attempt"),
                    key: try call.text("key")))
        }
        var list: [EffectResource] = []
        for item in try members.list("effects") { list.append(try EffectResource(json: item)) }
        effects = members.map["effects"] == nil ? nil : list
    }

    /// `{"answer": …, "saga": {…}, "records": […], "calls": […]}`, of `terminate` with `effects`.
    public var json: Value {
        let calls = calls.map { call in
            Value.map(
                MapValue([
                    ("call", .string(call.call)), ("step", .int(Int64(call.step))),
                    ("direction", .string(call.direction)), ("attempt", .int(Int64(call.attempt))),
                    ("key", .string(call.key)),
                ]))
        }
        return .map(
            MapValue(present: [
                ("answer", .string(answer)), ("saga", saga.json), ("records", .list(records.map(\.json))),
                ("calls", .list(calls)), ("effects", effects.map { .list($0.map(\.json)) }),
            ]))
    }
}

extension OperateAnswer: Described {
    package static let schema = ObjectSchema(
        "OperateAnswer",
        [
            .always("answer", .word(["would", "done"])), .always("saga", .of(SagaResource.schema)),
            .always("records", .list(of: .of(HistoryResource.schema))),
            .always("calls", .list(of: .of(CallResource.schema))),
            .maybe("effects", .list(of: .of(EffectResource.schema))),
        ])
}

extension OperateAnswer.CallResource {
    static let schema = ObjectSchema(
        "Call",
        [
            .always("call", .text), .always("step", .count), .always("direction", .word(["forward", "compensation"])),
            .always("attempt", .count), .always("key", .text),
        ])
}
