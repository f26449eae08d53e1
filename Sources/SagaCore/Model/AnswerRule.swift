/// How an answer of a participant is to be read, before any other rule (semantics.md, rule 7a): one entry of an `answers:` list.
public struct AnswerRule: Sendable, Hashable {
    /// Sees `status` (a number), `headers` (their names in lower case), `body` (the JSON, `null` where it is none) and `text`; must give a
    /// boolean. One that fails makes the outcome unknown, never a refusal.
    public var when: Formula
    /// What such an answer means.
    public var means: Meaning
    /// The code of a refusal; the answer's own where it is `nil`.
    public var code: Template?
    /// What the step's result is; the answer's body where it is `nil`.
    public var result: Template?

    /// A rule for the answers for which `when` holds.
    public init(when: Formula, means: Meaning, code: Template? = nil, result: Template? = nil) {
        self.when = when
        self.means = means
        self.code = code
        self.result = result
    }

    /// What an answer says about the key of its call: also the words of the header `Saga-Outcome`, but for `unknown`.
    public enum Meaning: String, Sendable, Hashable, CaseIterable {
        /// It happened.
        case succeeded
        /// It did not, and never will.
        case refused
        /// This attempt did nothing: it is to be tried again.
        case retry
        /// It was accepted, and the answer comes later.
        case pending
        /// It may have happened.
        case unknown
    }

    /// The variables that `when`, `code` and `result` see.
    public static let variables = ["status", "headers", "body", "text"]
    /// Rules that one list has at most: each answer may be held against all of them.
    public static let countMax = 32
}

/// How long a step waits for an answer that a participant has promised (202), and how often it asks for it.
public struct PendingRule: Sendable, Hashable {
    /// Milliseconds from the first such answer; after that nobody knows what became of the call.
    public var timeout: Int64
    /// Milliseconds between two questions where the participant names none; `nil`: as the retry policy has it.
    public var every: Int64?
    /// Whether the participant brings the answer by itself (`Saga-Callback`): it is not asked for meanwhile.
    public var isCalledBack: Bool

    /// A day: who says that an answer comes later has said so within it, or it is for a person to look.
    public static let timeoutDefault: Int64 = 86_400_000

    /// Once a second at most is a participant asked that says "at once" and is not done then: `Retry-After: 0` is how many say that they do
    /// not know when. Who says so again and again is asked less and less often.
    static let askMin: Int64 = 1_000
    /// The most that this comes to.
    private static let askMinMax: Int64 = 8_000

    /// The milliseconds before another question at least.
    /// - Parameters:
    ///   - asked: how many answers in a row have promised one.
    ///   - wished: the milliseconds that the last of them asked to wait.
    static func leastWait(after asked: Int, wished: Int64) -> Int64 {
        wished >= askMin ? askMin : min(askMin << Int64(min(max(asked, 1), 8) - 1), askMinMax)
    }

    /// Waits a day unless told otherwise.
    public init(timeout: Int64 = PendingRule.timeoutDefault, every: Int64? = nil, isCalledBack: Bool = false) {
        self.timeout = timeout
        self.every = every
        self.isCalledBack = isCalledBack
    }
}
