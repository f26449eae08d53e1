public import CEL

/// A step that a saga has armed: one visit of one state (semantics.md, rules 3 and 10).
public struct StepRun: Sendable, Hashable {
    /// The history number of the record that armed it: unique in the saga, and the order of intents (rule 11).
    public var number: Int
    /// By which its keys are built: `number` without what does not count (``Saga/uncounted``).
    public internal(set) var keyNumber: Int
    /// The state whose step it is; a state that is visited twice has two.
    public var state: String
    /// What is called forward.
    public var call: Operation
    /// JSON, as it is sent with every attempt.
    public var request: Document
    /// JSON as answered; `nil` until it succeeded, and when the participant gave no body.
    public var result: Document?
    /// `none` when armed; `succeeded`, `refused` and `compensated` are definite.
    public var effect: Effect
    /// What is known of its forward attempts.
    public var forward = Leg()
    /// What `vars` held when its outcome became definite, with its own `set`; as of its intent while it is not. Of a step that can be
    /// undone alone: nothing that the saga learns later changes what is undone (rule 12).
    public var vars = MapValue()
    /// `nil` until its compensation is armed.
    public var undo: UndoRun?
    /// What its workflow said of it when it was armed.
    public var traits: Traits = []
    /// The definite no, when that is the outcome.
    public var refusal: Refusal?

    /// What is known of the step's effect in the outside world.
    public enum Effect: String, Sendable, Hashable {
        /// No attempt has reached the participant yet.
        case none
        /// An attempt may have taken effect: nobody knows.
        case unknown
        /// The participant has accepted it, and its answer comes later.
        case pending
        case succeeded
        /// Definitely refused, or given up without ever reaching the participant: disarmed.
        case refused
        case compensated
        /// An operator went on without it; what is left of it is theirs.
        case skipped
    }

    /// What a workflow says of a step, kept with its intent so that a history folds without its workflow.
    public struct Traits: OptionSet, Sendable, Hashable {
        /// As it is stored.
        public let rawValue: UInt8

        /// The set of these bits.
        public init(rawValue: UInt8) {
            self.rawValue = rawValue
        }

        /// Once it succeeded the saga only goes forward (rule 16).
        public static let pivot = Traits(rawValue: 1)
        /// It has a compensation.
        public static let undoable = Traits(rawValue: 2)
    }

    /// A step that has just been armed.
    init(
        number: Int, keyNumber: Int, state: String, call: Operation, request: Document, traits: Traits, vars: MapValue
    ) {
        self.number = number
        self.keyNumber = keyNumber
        self.state = state
        self.call = call
        self.request = request
        self.effect = .none
        self.traits = traits
        if traits.contains(.undoable) { self.vars = vars }
    }

    /// A definite no.
    public struct Refusal: Sendable, Hashable {
        /// The participant's word for it.
        public var code: String
        /// A sentence.
        public var message: String
    }

    /// The compensation of a step on its way.
    public struct UndoRun: Sendable, Hashable {
        /// What undoes the step.
        public var call: Operation
        /// JSON, as it is sent with every attempt of the compensation.
        public var request: Document
        /// What is known of its attempts.
        public var leg = Leg()
    }

    /// Attempts that were made forward, without those that were kept back.
    public var attempts: Int { forward.attempts }

    /// What is known of the attempts in that direction; `nil` for a compensation that is not armed.
    func leg(_ direction: Direction) -> Leg? {
        direction == .forward ? forward : undo?.leg
    }

    mutating func change(_ direction: Direction, _ change: (inout Leg) -> Void) {
        if direction == .forward {
            change(&forward)
        } else if var undo {
            change(&undo.leg)
            self.undo = undo
        }
    }

    /// Whether something of it may be left in the outside world (rule 10).
    public var isArmed: Bool { effect == .succeeded || effect == .unknown || effect == .pending }

    /// Whether something of it is or may be outstanding: armed, in flight, or being undone.
    public var isOutstanding: Bool { isArmed || (effect == .none && attempts > 0) }

    /// Whether its outcome is definite (rule 9).
    public var isSettled: Bool { effect != .none && effect != .unknown && effect != .pending }
}

/// What is known of the attempts of a step in one direction: all under one key.
public struct Leg: Sendable, Hashable {
    /// Attempts that were made, without those that were kept back and without questions how a pending call goes.
    public var attempts = 0
    /// Whether an attempt was recorded, whatever became of it.
    var wasTried = false
    /// When the first attempt was made; `nil` while none has left. A participant may forget the key some time after it.
    public var firstAt: Instant?
    /// Whether an attempt may have taken effect without an answer: after that only a no that is certain settles (rule 7f).
    public var isUnknown = false
    /// Answers that proved nothing.
    public var unrecognised = 0
    /// When it was first accepted for later; stays, so that the time for it does not begin anew with each answer.
    public var pendingSince: Instant?
    /// Until when it is waited for at least, where the participant has asked for more time.
    public var pendingUntil: Instant?
    /// Where to ask how it goes, while it is pending: as the participant gave it; `nil`: by the same key.
    public var location: String?
    /// Whether it was accepted and the answer is still waited for.
    public var isPending = false
    /// Whether a request was sent and turned away: it did nothing, but a network that repeats requests may still bring it.
    public var hasLeft = false

    /// A leg that nothing was sent of.
    public init() {}

    /// Whether the participant may have begun: a no that nobody has named settles nothing then.
    public var isUncertain: Bool { isUnknown || pendingSince != nil }

    /// Whether the participant may know the key, by a request or by a copy of one that was turned away: once it may have forgotten the
    /// key, it is not sent again (rule 9).
    public var mayHaveArrived: Bool { isUncertain || hasLeft }
}

/// Forward, or undoing.
public enum Direction: UInt8, Sendable, Hashable {
    case forward = 0
    case compensation = 1

    /// `forward` or `compensation`, as histories show it.
    public var name: String { self == .forward ? "forward" : "compensation" }
}

/// A try that is in flight.
public struct Attempt: Sendable, Hashable {
    /// Unique in the saga: only an end with it settles the step (rule 4).
    public var token: Int
    /// The `number` of its step.
    public var step: Int
    /// Whether it does the step or undoes it.
    public var direction: Direction
    /// Counts from 1.
    public var number: Int
    /// Whether it only asks how a pending call goes.
    public var isQuestion = false
}

/// The next attempt, not yet due.
public struct Retry: Sendable, Hashable {
    /// The `number` of the step that is tried again.
    public var step: Int
    /// Whether the next attempt does the step or undoes it.
    public var direction: Direction
    /// Not before this; later when the daemon was down or busy.
    public var due: Instant
}

/// A timer that will fire once (rule 21).
public struct SagaTimer: Sendable, Hashable {
    /// The rule's name in its state; ``deadline`` for the whole saga's.
    public var name: String
    /// Absolute, set once (rule 21); a past one fires at once.
    public var due: Instant
    /// The history number of the record that set it: the order among equal times.
    public var number: Int

    /// The name of the timer of a whole saga; no state can have it, as it has no digit.
    public static let deadline = "deadline"
}
