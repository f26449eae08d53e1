/// The maxima of the engine (semantics.md, rule 24).
public struct EngineLimits: Sendable, Hashable {
    /// Commands that wait to be decided; one more is answered `busy`.
    public var inboxMax: Int
    /// Inputs that share one commit.
    public var batchMax: Int
    /// Sagas kept in memory.
    public var cacheMax: Int
    /// Commands that wait for a goal.
    public var waitersMax: Int
    /// Milliseconds that a command may wait.
    public var waitMax: Int64
    /// Milliseconds ahead for which timers are held in memory; later ones are left in the store.
    public var horizon: Int64
    /// Signals that wait for a saga that has not been started.
    public var earlyMax: Int

    /// The defaults: a burst of 10,000 commands, 512 to a commit, 4,096 sagas in memory, waits of five minutes.
    public init(
        inboxMax: Int = 10_000, batchMax: Int = 512, cacheMax: Int = 4_096, waitersMax: Int = 10_000,
        waitMax: Int64 = 300_000, horizon: Int64 = 60_000, earlyMax: Int = 10_000
    ) {
        self.inboxMax = inboxMax
        self.batchMax = batchMax
        self.cacheMax = cacheMax
        self.waitersMax = waitersMax
        self.waitMax = waitMax
        self.horizon = horizon
        self.earlyMax = earlyMax
    }
}
