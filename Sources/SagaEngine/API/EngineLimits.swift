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
    /// Bytes of commands that wait to be decided; for signals, cancels and operators' acts there is a quarter more.
    public var inboxBytesMax: Int
    /// Bytes of the sagas kept in memory.
    public var cacheBytesMax: Int
    /// Bytes of the signals that wait for a saga that has not been started.
    public var earlyBytesMax: Int

    /// The defaults: a burst of 10,000 commands, 512 to a commit, 4,096 sagas in memory, waits of five minutes, and 64 MiB each of
    /// commands, sagas and early signals.
    public init(
        inboxMax: Int = 10_000, batchMax: Int = 512, cacheMax: Int = 4_096, waitersMax: Int = 10_000,
        waitMax: Int64 = 300_000, horizon: Int64 = 60_000, earlyMax: Int = 10_000,
        inboxBytesMax: Int = 64 << 20, cacheBytesMax: Int = 64 << 20, earlyBytesMax: Int = 64 << 20
    ) {
        self.inboxMax = inboxMax
        self.batchMax = batchMax
        self.cacheMax = cacheMax
        self.waitersMax = waitersMax
        self.waitMax = waitMax
        self.horizon = horizon
        self.earlyMax = earlyMax
        self.inboxBytesMax = inboxBytesMax
        self.cacheBytesMax = cacheBytesMax
        self.earlyBytesMax = earlyBytesMax
    }
}
