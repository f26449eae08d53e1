public import SagaCore

/// Which outstanding effects a ledger shows.
public struct EffectFilter: Sendable, Hashable {
    /// Of whom: who did it, or who undoes it.
    public var participant: String?
    /// Of sagas with this status; `terminated` shows what operators left behind.
    public var status: Status?
    /// What is known of it.
    public var outcome: OutstandingEffect.Standing?
    /// 1 ... 1000.
    public var limit: Int
    /// Only of sagas that were started before this one: the cursor.
    public var after: SagaID?

    /// All effects, 100 to a page, unless told otherwise.
    public init(
        participant: String? = nil, status: Status? = nil, outcome: OutstandingEffect.Standing? = nil, limit: Int = 100,
        after: SagaID? = nil
    ) {
        self.participant = participant
        self.status = status
        self.outcome = outcome
        self.limit = limit
        self.after = after
    }
}

/// Outstanding effects, those of the newest saga first, those of one saga in the order of their intents.
public struct EffectPage: Sendable {
    /// At least the limit, if there are so many.
    public var effects: [Item]
    /// Where the next page begins; `nil` on the last one.
    public var next: SagaID?

    /// One effect and whose it is.
    public struct Item: Sendable {
        /// The saga that did it.
        public var saga: Saga
        /// What it did.
        public var effect: OutstandingEffect
    }
}
