public import SagaCore

/// What the configuration says of the way to one participant.
public struct LaneSettings: Sendable, Hashable {
    /// Calls in flight at most; less than 1 counts as 1.
    public var concurrency: Int
    /// `nil`: no breaker.
    public var breaker: BreakerSettings?
    /// Where the calls go: what is elsewhere is another service, of which the breaker knows nothing yet.
    public var target: String

    /// A lane without a breaker, unless one is given.
    public init(concurrency: Int, breaker: BreakerSettings? = nil, target: String = "") {
        self.concurrency = concurrency
        self.breaker = breaker
        self.target = target
    }
}

/// When calls to a participant stop being sent, and for how long.
public struct BreakerSettings: Sendable, Hashable {
    /// Failures in a row, without an answer between them, that open it; 1 or more.
    public let failures: Int
    /// Milliseconds in which they must come.
    public let within: Int64
    /// Milliseconds until one call is let through again.
    public let cooldown: Int64

    /// - Returns: `nil` when a number is below 1.
    public init?(failures: Int, within: Int64, cooldown: Int64) {
        guard failures >= 1, within >= 1, cooldown >= 1 else { return nil }
        self.failures = failures
        self.within = within
        self.cooldown = cooldown
    }

    /// 5 failures within 30 s open it for 10 s.
    public init() {
        failures = 5
        within = 30_000
        cooldown = 10_000
    }
}

/// Whether calls to a participant are sent.
public enum BreakerState: String, Sendable, Hashable, CaseIterable {
    case closed
    case open
    /// One call is let through to see whether the participant is back.
    case halfOpen = "half-open"
}

/// Calls that wait in their lane for a participant to come back: no attempt, and no line of any history (rule 24).
public struct Parking: Sendable, Hashable {
    /// How many wait.
    public var calls: Int
    /// Since when the breaker is not closed.
    public var since: Instant
    /// Why the last call failed, in the words of who carried it.
    public var cause: String

    /// So many calls.
    public init(calls: Int, since: Instant, cause: String) {
        self.calls = calls
        self.since = since
        self.cause = cause
    }
}
