public import CEL

/// What a saga is told; each is decided and committed by itself (semantics.md, rule 2).
public enum Input: Sendable, Hashable {
    case attemptEnded(AttemptEnded)
    /// A participant brings the answer to a call by itself, later than the call.
    case calledBack(CallbackSent)
    /// Timers or a retry may be due.
    case woken
    case signalled(SignalSent)
    case cancelled(CancelSent)
    /// An operator acts by hand (rule 22).
    case operated(OperatorAct)
    /// The saga is to go on by another version of its workflow; decided in that version.
    case migrated(MigrateSent)
    /// The daemon ended again and again while it decided on one input; a sentence for the operator (rule 6).
    case suspected(String)
    /// The store was restored from a backup that knows nothing newer.
    case restored(asOf: Instant)
}

/// A new saga is asked for.
public struct StartSent: Sendable, Hashable {
    /// Chosen by the engine, which alone knows clock and chance.
    public var id: SagaID
    /// Chosen by the engine too; `nil` where nobody counts.
    public var serial: Int64?
    /// `nil`: as the workflow says.
    public var key: String?
    /// Any JSON value that the workflow's `input` schema takes; kept as it reads back from JSON.
    public var input: Document
    /// Who asked; `nil` when nobody at a socket did, as in simulations.
    public var by: Actor?

    /// A start with an input that was computed.
    public init(id: SagaID, serial: Int64? = nil, key: String? = nil, input: Value, by: Actor? = nil) {
        self.init(id: id, serial: serial, key: key, input: Document(computed: input), by: by)
    }

    /// A start of the saga `id`.
    public init(id: SagaID, serial: Int64? = nil, key: String? = nil, input: Document, by: Actor? = nil) {
        self.id = id
        self.serial = serial
        self.key = key
        self.input = input
        self.by = by
    }
}

/// An attempt came to its end, or what was in flight at a crash is given up as unknown.
public struct AttemptEnded: Sendable, Hashable {
    /// The attempt's ``Call/token``; another one than that in flight is recorded as `late` and may only settle an unknown
    /// (rule 4).
    public var token: Int
    /// The ``Call/step`` and direction of the attempt, for an answer that comes late; `nil` when they are not known, and then it
    /// settles nothing.
    public var of: StepDirection?
    /// What the transport made of it; decided by rules 7 and 8, not here.
    public var outcome: Outcome

    /// The end of the attempt with that token.
    public init(token: Int, of: StepDirection? = nil, outcome: Outcome) {
        self.token = token
        self.of = of
        self.outcome = outcome
    }
}

/// The answer to a call, brought by whoever was given the call's token. It is about the key, whichever attempt it answers.
public struct CallbackSent: Sendable, Hashable {
    /// By which the call is named: the same for every attempt of it.
    public var call: CallName
    /// What the participant says; `unknown` where it failed and does not know.
    public var outcome: Outcome
    /// Until when the answer is waited for, where it is `pending` and the participant wants more time.
    public var until: Instant?
    /// Who brought it to the socket; nothing is decided by it, as the token says enough.
    public var by: Actor?

    /// An answer that nobody has judged yet.
    public init(call: CallName, outcome: Outcome, until: Instant? = nil, by: Actor? = nil) {
        self.call = call
        self.outcome = outcome
        self.until = until
        self.by = by
    }
}

/// Names a call for as long as its saga is there: what its idempotency key is made of.
public struct CallName: Sendable, Hashable {
    /// The number in the key (``Saga/key(step:direction:)``), which another life of the saga has too.
    public var number: Int
    /// Whether it is the step or what undoes it.
    public var direction: Direction

    /// A call of whichever saga.
    public init(number: Int, direction: Direction) {
        self.number = number
        self.direction = direction
    }
}

/// A step of a saga, forward or undoing.
public struct StepDirection: Sendable, Hashable {
    /// The ``StepRun/number``.
    public var step: Int
    /// Forward, or undoing.
    public var direction: Direction

    public init(step: Int, direction: Direction) {
        self.step = step
        self.direction = direction
    }
}

/// A signal from outside.
public struct SignalSent: Sendable, Hashable {
    /// A name under `signals:`; one that the state does not declare is refused.
    public var name: String
    /// Deduplicates for the life of the saga (rule 20).
    public var id: String?
    /// Any JSON value, seen by expressions as `signal.data`; `null` when there is none.
    public var data: Document
    /// Who sent it, seen by expressions as `signal.by`; `nil` when nobody at a socket did.
    public var by: Actor?
    /// Whether it was there before the saga: then it waits for a state that takes it, and no state refuses it only because it
    /// does not declare it.
    public var isEarly: Bool

    /// A signal with data that were computed.
    public init(name: String, id: String? = nil, data: Value, by: Actor? = nil, isEarly: Bool = false) {
        self.init(name: name, id: id, data: Document(computed: data), by: by, isEarly: isEarly)
    }

    /// A signal that nobody has judged yet.
    public init(
        name: String, id: String? = nil, data: Document = Document(read: .null), by: Actor? = nil, isEarly: Bool = false
    ) {
        self.name = name
        self.id = id
        self.data = data
        self.by = by
        self.isEarly = isEarly
    }
}

/// Somebody wants the saga undone.
public struct CancelSent: Sendable, Hashable {
    /// For the history; nothing is decided by it.
    public var reason: String?
    /// Who wants it; `nil` when nobody at a socket did.
    public var by: Actor?

    /// A cancel, before it is known whether the state allows it.
    public init(reason: String? = nil, by: Actor? = nil) {
        self.reason = reason
        self.by = by
    }
}
