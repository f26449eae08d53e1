public import CEL

/// The call that a state makes to a participant, and how it is undone.
public struct Step: Sendable, Hashable {
    /// The operation whose effect the state wants.
    public var call: Operation
    /// The request's JSON; built once, when the step is armed, and sent the same with every attempt.
    public var with: Template
    /// Of one attempt, in milliseconds; 10 s by default.
    public var timeout: Int64
    /// When an attempt without a definite answer is repeated; `attempts` ends that only while none has arrived (rule 9).
    public var retry: RetryPolicy
    /// How an outcome that nobody knows is settled; `redrive` by default.
    public var unknown: UnknownRule
    /// How the step is undone, or why it need not be; there is no default, as forgetting it must be an error (rule 16).
    public var compensation: Compensation
    /// Once this step succeeded the saga only goes forward (semantics.md, rule 16).
    public var pivot: Bool
    /// How its answers are read, before the rules that hold for all (rule 7a).
    public var answers: [AnswerRule]
    /// How long an answer that comes later is waited for.
    public var pending: PendingRule
    /// What the author declares of its result, for who checks the file; nothing at run goes by it. `nil`: anything.
    public var result: InputSchema?

    /// A step that is sent `null`, waits 10 s and retries without end unless told otherwise.
    public init(
        call: Operation, with: Template = .literal(.null), timeout: Int64 = Step.timeoutDefault,
        retry: RetryPolicy = RetryPolicy(), unknown: UnknownRule = .redrive, compensation: Compensation,
        pivot: Bool = false, answers: [AnswerRule] = [], pending: PendingRule = PendingRule(),
        result: InputSchema? = nil
    ) {
        self.call = call
        self.with = with
        self.timeout = timeout
        self.retry = retry
        self.unknown = unknown
        self.compensation = compensation
        self.pivot = pivot
        self.answers = answers
        self.pending = pending
        self.result = result
    }

    /// 10 s: long enough for a payment, short enough that a guest still waits.
    public static let timeoutDefault: Int64 = 10_000

    /// How an outcome that nobody knows is settled (semantics.md, rule 9).
    public enum UnknownRule: String, Sendable, Hashable, CaseIterable {
        /// Send the same key again until the answer is definite.
        case redrive
        /// The compensation leaves a tombstone and so settles the step.
        case fence
        /// An operator settles it.
        case ask
    }
}

/// `participant.operation`.
public struct Operation: Sendable, Hashable, CustomStringConvertible {
    /// A name of the daemon's `participants:`; the part before the point.
    public var participant: String
    /// What the participant is asked to do; the part after the point.
    public var operation: String

    /// An operation from its two parts, which are not checked.
    public init(participant: String, operation: String) {
        self.participant = participant
        self.operation = operation
    }

    /// Reads `participant.operation`; `nil` when either part is missing or there are more.
    public init?(_ text: some StringProtocol) {
        let parts = text.split(separator: ".", omittingEmptySubsequences: false)
        guard parts.count == 2, !parts[0].isEmpty, !parts[1].isEmpty else { return nil }
        self.init(participant: String(parts[0]), operation: String(parts[1]))
    }

    public var description: String { "\(participant).\(operation)" }
}

/// How a step is undone.
public enum Compensation: Sendable, Hashable {
    case call(Undo)
    /// Nothing to undo, and why.
    case none(because: String)

    /// The call that undoes a step; an answer of it that comes later is waited for as the step says. Without `with` it is sent `{"request": …, "result": …}` as recorded (rule 12).
    public struct Undo: Sendable, Hashable {
        /// The operation that undoes the step; it must also take an undo of what it never did (rule 15).
        public var call: Operation
        /// The request's JSON, with the step's own `request`, `result` and `vars` in scope (rule 12); `nil` sends request and result.
        public var with: Template?
        /// Of one attempt, in milliseconds; 10 s by default.
        public var timeout: Int64
        /// Without end by default (rule 13).
        public var retry: RetryPolicy
        /// How its answers are read, before the rules that hold for all (rule 7a).
        public var answers: [AnswerRule]

        /// A call that is retried without end unless told otherwise.
        public init(
            call: Operation, with: Template? = nil, timeout: Int64 = Step.timeoutDefault,
            retry: RetryPolicy = RetryPolicy(), answers: [AnswerRule] = []
        ) {
            self.call = call
            self.with = with
            self.timeout = timeout
            self.retry = retry
            self.answers = answers
        }
    }
}
