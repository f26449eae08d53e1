/// How full a pool is, in bytes.
public struct ByteGauge: Sendable, Hashable {
    /// May be above ``max``: what has happened is never turned away.
    public var used: Int
    /// Its budget.
    public var max: Int

    /// A pool at a moment.
    public init(used: Int, max: Int) {
        self.used = used
        self.max = max
    }
}
