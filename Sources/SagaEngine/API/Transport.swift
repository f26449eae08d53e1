import Glibc
public import SagaCore

/// How a call leaves: the seam between the engine and the participants.
public protocol Transport: Sendable {
    /// Sends one attempt and waits for its end. It holds the call's timeout itself, from the first byte on, over head and body,
    /// and classifies by the rules 7 and 8; it never throws and never retries.
    func carry(_ call: Call) async -> Carried

    /// What the configuration says of the way to a participant, now.
    func lane(of participant: String) -> LaneSettings

    /// Where calls are best carried; `nil` for Swift's pool. A call that is carried where its connection is wakes no other thread.
    var executor: (any TaskExecutor)? { get }
}

extension Transport {
    /// Swift's pool.
    public var executor: (any TaskExecutor)? { nil }
}

/// What became of a call, and what that says of its participant.
public struct Carried: Sendable, Hashable {
    /// For the saga.
    public var outcome: Outcome
    /// For the breaker.
    public var health: Health

    /// What a call says about its participant.
    public enum Health: Sendable, Hashable {
        /// It is at work, be it that it says no.
        case answered
        /// Something, in these words, that this call may be the cause of.
        case failed(String)
        /// Nothing that a call can be the cause of: no connection, or nobody who calls is accepted.
        case isDown(String)
        /// Nothing: cancelled by us, or never sent.
        case abandoned
    }

    /// An outcome by whoever knows more than it says.
    public init(_ outcome: Outcome, _ health: Health) {
        self.outcome = outcome
        self.health = health
    }

    /// An outcome that says all that is known.
    public init(_ outcome: Outcome) {
        self.outcome = outcome
        switch outcome {
        case .succeeded, .refused, .pending: health = .answered
        case .unknown(let message, _): health = .failed(message)
        case .unreached(let message, _, let hasLeft): health = hasLeft ? .answered : .isDown(message)
        case .held, .forgotten: health = .abandoned
        }
    }
}

/// Where the engine's time comes from.
public protocol EngineClock: Sendable {
    func now() -> Instant
}

/// The time of the machine.
public struct SystemClock: EngineClock {
    /// Reads CLOCK_REALTIME; holds nothing.
    public init() {}

    /// Milliseconds since 1970, cut and not rounded; jumps when the machine's clock is set. Within the years 1 to 9999, which RFC 3339 has: a
    /// machine's clock that says another is wrong, and nobody's sum with it must overflow.
    public func now() -> Instant {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Self.instant(seconds: Int64(time.tv_sec), nanoseconds: Int64(time.tv_nsec))
    }

    static func instant(seconds: Int64, nanoseconds: Int64) -> Instant {
        let seconds = min(max(seconds, -62_135_596_800), 253_402_300_799)
        return Instant(milliseconds: seconds * 1_000 + nanoseconds / 1_000_000)
    }
}
