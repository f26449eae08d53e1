/// What `GET /v1/status` says of a participant, beside its lane.
public struct ParticipantStatus: Sendable {
    /// As in the configuration.
    public let name: String
    /// As in the configuration; not whether anything listens there.
    public let address: ParticipantAddress
    /// Whether it has a breaker.
    public let hasBreaker: Bool
    /// Whether its last answer was that it does not accept who calls: its token is missing, wrong or over.
    public var refusesCaller = false
    /// What its operations are sent as, by name: those that the configuration maps onto an API. Without a byte of a credential.
    public var operations: [(name: String, sends: String)] = []
}
