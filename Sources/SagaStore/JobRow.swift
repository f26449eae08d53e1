public import SagaCore

/// A bulk of operators' acts, as stored: what is done to which sagas was fixed when it was accepted.
public struct JobRow: Sendable, Hashable {
    /// Counts from 1; 0 before it is stored.
    public var id: Int64
    /// The act's word; the engine knows which there are.
    public var act: String
    /// Why, for every saga's history.
    public var reason: String
    /// Who; `nil` when nobody at a socket did.
    public var by: Actor?
    /// By what the sagas were chosen, as JSON, for people.
    public var filter: String
    /// So many acts at most …
    public var count: Int64
    /// … in so many milliseconds.
    public var per: Int64
    /// When it was accepted.
    public var acceptedAt: Instant
    /// When its last saga was done; `nil` until then.
    public var endedAt: Instant?
    /// Its sagas.
    public var total: Int64
    /// How many of them have had their turn: the place of the next.
    public var position: Int64

    /// The turn of the saga at its position is over.
    public mutating func turn(at now: Instant) {
        position += 1
        if position >= total { endedAt = now }
    }

    /// A job that no saga has had its turn of.
    public init(
        act: String, reason: String, by: Actor?, filter: String, count: Int64, per: Int64, acceptedAt: Instant,
        total: Int64
    ) {
        id = 0
        self.act = act
        self.reason = reason
        self.by = by
        self.filter = filter
        self.count = count
        self.per = per
        self.acceptedAt = acceptedAt
        self.total = total
        position = 0
    }
}

/// What a job is to be done to at one of its positions, and what came of it.
public struct JobSagaRow: Sendable, Hashable {
    /// Its place in the job, from 0.
    public var position: Int64
    public var saga: SagaID
    /// `nil` until it has had its turn.
    public var outcome: ActOutcome?
    /// Why not, when it was not done.
    public var message: String?

    /// What became of it.
    public enum ActOutcome: UInt8, Sendable, Hashable, CaseIterable {
        case done = 0
        /// It could not take the act as it was.
        case refused = 1
        /// It cannot be read or written.
        case failed = 2
    }
}
