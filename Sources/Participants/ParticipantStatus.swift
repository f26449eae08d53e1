/// What `GET /v1/status` says of a participant, beside its lane.
public struct ParticipantStatus: Sendable, Hashable {
    /// As in the configuration.
    public let name: String
    /// As in the configuration; not whether anything listens there.
    public let address: ParticipantAddress
    /// Whether it has a breaker.
    public let hasBreaker: Bool
    /// Whether its last answer was that it does not accept who calls: its token is missing, wrong or over.
    public var refusesCaller = false
}
