public import SagaCore

/// Asks to move the live sagas of one version of a workflow to another.
public struct MigrateCommand: Sendable, Hashable {
    /// The workflow's name.
    public var workflow: String
    /// The version that they are of.
    public var from: String
    /// The version that they shall go on by; it must be loaded.
    public var to: String
    /// Says what would move, and moves nothing.
    public var isCheck: Bool
    /// Why, for each saga's history; may be blank for a check only.
    public var reason: String
    /// Who, as the kernel attests it; `nil` when nobody at a socket did.
    public var by: Actor?
    /// 1 ... 1000 sagas at once.
    public var limit: Int
    /// Only sagas that were started before this one: the cursor.
    public var after: SagaID?

    /// A migration of the newest 100 sagas, unless told otherwise.
    public init(
        workflow: String, from: String, to: String, isCheck: Bool, reason: String, by: Actor? = nil, limit: Int = 100,
        after: SagaID? = nil
    ) {
        self.workflow = workflow
        self.from = from
        self.to = to
        self.isCheck = isCheck
        self.reason = reason
        self.by = by
        self.limit = limit
        self.after = after
    }
}

/// What a migration says of each saga, newest first.
public struct MigratePage: Sendable {
    /// At most the limit.
    public var items: [Item]
    /// Where the next page begins; `nil` on the last one.
    public var next: SagaID?

    /// One saga.
    public struct Item: Sendable {
        /// Which one.
        public var id: SagaID
        public var state: String
        public var status: Status
        /// Why it cannot move, a sentence each; empty when it can, or has.
        public var obstacles: [String]
    }
}
