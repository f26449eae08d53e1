public import SagaCore

/// Whether calls to a participant are sent.
public enum BreakerState: String, Sendable, Hashable, CaseIterable {
    case closed
    case open
    /// One call is let through to see whether the participant is back.
    case halfOpen = "half-open"
}

/// What `GET /v1/status` says of a participant.
public struct ParticipantStatus: Sendable, Hashable {
    /// As in the configuration.
    public let name: String
    /// As in the configuration; not whether anything listens there.
    public let address: ParticipantAddress
    /// Calls in flight at most.
    public let concurrency: Int
    /// `nil`: it has no breaker.
    public let breaker: BreakerState?
    /// Since when the breaker is in that state.
    public let since: Instant
    /// Whether its last answer was that it does not accept who calls: its token is missing, wrong or over.
    public var refusesCaller = false
}
