/// What follows from an input: the records to append, the saga that they give, and what is to be done after the commit.
public struct Decision: Sendable, Hashable {
    /// How many records of the history before stay: all, but where the first of `records` stands for those at its end (``Tries``).
    public var kept: Int
    /// Empty when the input changed nothing.
    public var records: [Record]
    /// The saga with `records` applied; the same as before when there are none.
    public var saga: Saga
    /// To be carried out only after the commit of `records` (rule 1).
    public var calls: [Call]
    /// What the sender is told once `records` are committed.
    public var answer: Answer
    /// Expressions that failed on the way, of the saga's or of a signal's: what the records say of them in words.
    public var failed: [FormulaError] = []
}

/// What the sender of an input is told after the commit.
public enum Answer: Sendable, Hashable {
    case done
    case signal(SignalVerdict)
    case cancel(CancelAnswer)
    case callback(CallbackVerdict)
}

/// The answers to what a participant brings.
public enum CallbackVerdict: Sendable, Hashable {
    /// It is the call's outcome from now on.
    case settled
    /// It was recorded, and the call has no outcome by it.
    case noted
    /// The same was said before.
    case known
    /// Something else was said before, or is known.
    case contradicts(String)
    /// The call takes no answer any more.
    case over(String)
}

extension CancelAnswer {
    /// The word of the wire: `accepted`, `deferred`, `already` or `too-late`.
    public var name: String {
        switch self {
        case .accepted: "accepted"
        case .deferred: "deferred"
        case .already: "already"
        case .tooLate: "too-late"
        }
    }
}

/// The answers to a cancel (rule 17).
public enum CancelAnswer: Sendable, Hashable {
    case accepted
    /// Kept until a state allows it.
    case deferred
    /// Cancelled or cancelling.
    case already
    /// - Parameter state: the state that made it so.
    case tooLate(state: String)
}

/// An attempt to be sent.
public struct Call: Sendable, Hashable {
    /// The saga to which the attempt's end goes back.
    public var saga: SagaID
    /// The saga's workflow by name, for logs and headers; the version does not matter to a participant.
    public var workflow: String
    /// The state whose step this is; for a compensation too, the state that was left, not the one on the way.
    public var state: String
    /// Only an end with this token settles the step (rule 4).
    public var token: Int
    /// The number of the step: an end that comes late is told by it.
    public var step: Int
    /// What is called: the step's own operation, or that of its compensation.
    public var operation: Operation
    /// Whether it does the step or undoes it; a step's attempts are counted for each direction by itself.
    public var direction: Direction
    /// By which an answer names it that is brought later: for every attempt the same.
    public var name: CallName
    /// The idempotency key of the step in this direction.
    public var key: String
    /// For a compensation: the key of the step that it undoes.
    public var compensates: String?
    /// JSON.
    public var request: [UInt8]
    /// Counts from 1.
    public var number: Int
    /// Milliseconds for this attempt.
    public var timeout: Int64
    /// How the workflow reads its answers, before any other rule.
    public var answers: [AnswerRule] = []
    /// Where to ask how the call goes instead of making it, as the participant gave it when it accepted the call.
    public var location: String?
    /// When the key was first sent, where it may have come to the participant, also as a copy of a request that was turned away: one that
    /// has forgotten it since must not be sent it again (rule 9). `nil` where none came, and where an operator says that it may be sent
    /// twice.
    public var keySince: Instant?
}

/// An input that is refused as a whole: nothing is written.
public enum Rejection: Error, Sendable, Hashable, CustomStringConvertible {
    case invalidInput([InputSchema.Fault])
    /// The key of a start could not be built.
    case badKey(String)
    /// A saga has no room for more records or signals (rule 24).
    case full(what: String, max: Int)
    /// An operator's act that the saga cannot take as it is now.
    case notNow(String)
    /// Why the saga cannot move to another version of its workflow, a sentence each.
    case cannotMigrate([String])

    public var description: String {
        switch self {
        case .invalidInput(let faults):
            "the input does not fit the workflow: "
                + faults.map { "\($0.pointer.isEmpty ? "/" : $0.pointer): \($0.message)" }.joined(separator: "; ")
        case .badKey(let message): "the key cannot be built: \(message)"
        case .full(let what, let max): "the saga holds \(max) \(what), which is the maximum"
        case .notNow(let reason): reason
        case .cannotMigrate(let obstacles): "the saga cannot move: " + obstacles.joined(separator: "; ")
        }
    }
}
