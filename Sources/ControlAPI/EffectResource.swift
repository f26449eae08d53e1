public import CEL

/// Something in the outside world that a saga has done, may have done, or is undoing.
public struct EffectResource: Sendable, Hashable {
    /// The whole id of the saga that did it.
    public var saga: String
    /// The name of its workflow.
    public var workflow: String
    /// The saga's status.
    public var status: String
    /// Unique in the saga.
    public var step: Int
    /// The state whose step it is.
    public var state: String
    /// `participant.operation`, forward.
    public var call: String
    /// Who did it.
    public var participant: String
    /// `succeeded`, `unknown`, `in flight` or `undoing`.
    public var outcome: String
    /// Since when that is known.
    public var since: String
    /// The idempotency key by which the participant knows it.
    public var key: String
    /// What undoes it, once that is armed.
    public var undo: String?

    /// An effect that is outstanding.
    public init(
        saga: String, workflow: String, status: String, step: Int, state: String, call: String, participant: String,
        outcome: String, since: String, key: String, undo: String?
    ) {
        self.saga = saga
        self.workflow = workflow
        self.status = status
        self.step = step
        self.state = state
        self.call = call
        self.participant = participant
        self.outcome = outcome
        self.since = since
        self.key = key
        self.undo = undo
    }

    /// Throws when a member is missing or of another type; `undo` may be absent.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "an effect")
        self.init(
            saga: try members.text("saga"), workflow: try members.text("workflow"),
            status: try members.text("status"), step: try members.integer("step"), state: try members.text("state"),
            call: try members.text("call"), participant: try members.text("participant"),
            outcome: try members.text("outcome"), since: try members.text("since"), key: try members.text("key"),
            undo: try members.optionalText("undo"))
    }

    /// All members; `undo` only once it is armed.
    public var json: Value {
        .map(
            MapValue(present: [
                ("saga", .string(saga)), ("workflow", .string(workflow)), ("status", .string(status)),
                ("step", .int(Int64(step))), ("state", .string(state)), ("call", .string(call)),
                ("participant", .string(participant)), ("outcome", .string(outcome)), ("since", .string(since)),
                ("key", .string(key)), ("undo", undo.map { .string($0) }),
            ]))
    }
}

/// `GET /v1/effects`: the ledger of outstanding effects, those of the newest saga first.
public struct EffectList: Sendable, Hashable {
    /// Whole sagas, so that there may be a few more than the request's `limit`.
    public var effects: [EffectResource]
    /// The cursor of the next page: `after=` it; `nil` on the last one.
    public var next: String?
    /// So many hexadecimal digits of a saga's id name each of these, now and later: 8 or more; `nil` on an empty page.
    public var idDigits: Int?

    /// A page; `next` is `nil` on the last one.
    public init(effects: [EffectResource], next: String?, idDigits: Int? = nil) {
        self.idDigits = effects.isEmpty ? nil : idDigits
        self.effects = effects
        self.next = next
    }

    /// Throws at the first effect that does not read; without `effects` the page is empty.
    public init(json: Value) throws(MalformedResource) {
        let members = try Members(json, of: "a list of effects")
        effects = []
        for item in try members.list("effects") { effects.append(try EffectResource(json: item)) }
        next = try members.optionalText("next")
        idDigits = try members.optionalInteger("idDigits")
    }

    /// `{"effects": […], "idDigits": …, "next": …}`; no `next` on the last page.
    public var json: Value {
        .map(
            MapValue(present: [
                ("effects", .list(effects.map(\.json))), ("idDigits", idDigits.map { .int(Int64($0)) }),
                ("next", next.map { .string($0) }),
            ]))
    }
}

extension EffectResource: Described {
    /// How it may stand with an effect.
    package static let outcomes = ["succeeded", "unknown", "pending", "in flight", "undoing"]

    package static let schema = ObjectSchema(
        "Effect",
        [
            .always("saga", .sagaID), .always("workflow", .text), .always("status", .word(SagaResource.statuses)),
            .always("step", .count), .always("state", .text), .always("call", .text), .always("participant", .text),
            .always("outcome", .word(outcomes)), .always("since", .time), .always("key", .text), .maybe("undo", .text),
        ])
}

extension EffectList: Described {
    package static let schema = ObjectSchema(
        "EffectList",
        [
            .always("effects", .list(of: .of(EffectResource.schema))), .maybe("idDigits", .idDigits),
            .maybe("next", .text),
        ])
}
