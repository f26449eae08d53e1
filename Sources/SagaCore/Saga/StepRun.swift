/// A step that a saga has armed: one visit of one state (semantics.md, rules 3 and 10).
public struct StepRun: Sendable, Hashable {
    /// The history number of the record that armed it: unique in the saga, and the order of intents (rule 11).
    public var number: Int
    /// By which its keys are built: `number` without what does not count (``Saga/uncounted``).
    var keyNumber: Int
    /// The state whose step it is; a state that is visited twice has two.
    public var state: String
    /// What is called forward.
    public var call: Operation
    /// JSON, as it is sent with every attempt.
    public var request: [UInt8]
    /// JSON as answered; `nil` until it succeeded, and when the participant gave no body.
    public var result: [UInt8]?
    /// `none` when armed; `succeeded`, `refused` and `compensated` are definite.
    public var effect: Effect
    /// Attempts that were made forward.
    public var attempts: Int
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
    init(number: Int, keyNumber: Int, state: String, call: Operation, request: [UInt8], traits: Traits) {
        self.number = number
        self.keyNumber = keyNumber
        self.state = state
        self.call = call
        self.request = request
        self.effect = .none
        self.attempts = 0
        self.traits = traits
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
        public var request: [UInt8]
        /// Attempts that were made to undo, from 0 when armed.
        public var attempts: Int
    }

    /// Whether something of it may be left in the outside world (rule 10).
    public var isArmed: Bool { effect == .succeeded || effect == .unknown }

    /// Whether something of it is or may be outstanding: armed, in flight, or being undone.
    public var isOutstanding: Bool { isArmed || (effect == .none && attempts > 0) }

    /// Whether its outcome is definite (rule 9).
    public var isSettled: Bool { effect != .none && effect != .unknown }
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
    /// The history number of the record that began it: the token (rule 4).
    public var token: Int
    /// The `number` of its step.
    public var step: Int
    /// Whether it does the step or undoes it.
    public var direction: Direction
    /// Counts from 1.
    public var number: Int
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
