/// Attempts in a row of one step in one direction that ended alike, without a definite answer: one record of the history, which the next
/// one that ends alike takes the place of (rule 24: an outage is not history).
public struct Tries: Sendable, Hashable {
    /// The ``StepRun/number``.
    public var step: Int
    /// Whether the step was done or undone.
    public var direction: Direction
    /// How they ended.
    public var kind: Kind
    /// What was said, the newest last; ``messagesMax`` different ones at most.
    public var messages: [String]
    /// How many ended so; what was kept back after an attempt is not counted.
    public var count: Int
    /// How many attempts the step has had in that direction.
    public var attempts: Int
    /// The newest attempt's.
    public var token: Int
    /// When the first of them ended; the newest ended when the record was applied.
    public var first: Instant
    /// When the first attempt of the step in that direction was made; `nil` while all were kept back.
    public var since: Instant?
    /// How many answers of the step in that direction have proved nothing.
    public var unrecognised: Int
    /// Where to ask how a pending call goes: an absolute or relative reference, as the participant gave it.
    public var location: String?
    /// Whether an attempt of the step in that direction was sent and turned away: a network that repeats requests may still bring it.
    public var hasLeft = false
    /// Until when the participant wants to be waited for, where it brings its answer by itself and has asked for more time.
    public var until: Instant?

    /// Different messages that one record keeps.
    public static let messagesMax = 5

    /// How an attempt without a definite answer ended (rules 7 and 8).
    public enum Kind: UInt8, Sendable, Hashable, CaseIterable {
        /// It did nothing.
        case unreached = 0
        /// It may have taken effect.
        case unknown = 1
        /// It never left: the breaker is open. That is no attempt.
        case held = 2
        /// It was accepted; the answer comes later.
        case pending = 3
        /// A no that proves nothing, as an earlier attempt may have taken effect: nobody has named its code, or a stranger said it.
        case unrecognised = 4
        /// It was accepted, and its time for an answer is over: it may have taken effect.
        case overdue = 5

        /// The word of listings.
        public var name: String {
            switch self {
            case .unreached: "unreached"
            case .unknown: "unknown"
            case .held: "held"
            case .pending: "pending"
            case .unrecognised: "unrecognised"
            case .overdue: "overdue"
            }
        }
    }

    /// Tries of which nothing else is known yet.
    /// - Parameters:
    ///   - attempts: with this one.
    ///   - first: when it ended.
    public init(
        step: Int, direction: Direction, kind: Kind, messages: [String], count: Int = 1, attempts: Int, token: Int,
        first: Instant, since: Instant? = nil, unrecognised: Int = 0, location: String? = nil
    ) {
        self.step = step
        self.direction = direction
        self.kind = kind
        self.messages = messages
        self.count = count
        self.attempts = attempts
        self.token = token
        self.first = first
        self.since = since
        self.unrecognised = unrecognised
        self.location = location
    }

    /// The newest message.
    public var message: String { messages.last ?? "" }

    /// One record for these and the next, or `nil` when they did not end alike. What was kept back says nothing new; nor does an attempt
    /// that did nothing, where one before it may have taken effect or was accepted: an outage that shows now one end and now the other is
    /// no longer history for it.
    func with(_ next: Tries) -> Tries? {
        guard next.step == step, next.direction == direction else { return nil }
        var merged = self
        merged.token = next.token
        switch (kind, next.kind) {
        case (.held, .held): break
        case (_, .held): return merged
        case (.held, _): return next
        case _ where kind == next.kind: merged.location = next.location
        case (.unknown, .unreached), (.pending, .unreached): break
        default: return nil
        }
        merged.count += 1
        merged.attempts = next.attempts
        merged.since = next.since
        merged.unrecognised = next.unrecognised
        merged.hasLeft = merged.hasLeft || next.hasLeft
        merged.until = next.until ?? merged.until
        merged.messages.removeAll { $0 == next.message }
        merged.messages = merged.messages.suffix(Self.messagesMax - 1) + [next.message]
        return merged
    }
}

/// The tries at the end of a history: the records from there on make room for one that ends alike.
struct Tail: Sendable, Hashable {
    /// How long the history was before them.
    var before: Int
    var tries: Tries
}
