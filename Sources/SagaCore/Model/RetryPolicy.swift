/// When the next attempt follows one that had no definite answer.
public struct RetryPolicy: Sendable, Hashable {
    /// How many attempts at most, the first included; `nil`: until a timer, a cancel or an answer.
    public var attempts: Int?
    /// Milliseconds before the second attempt.
    public var interval: Int64
    /// What each further wait is multiplied by; 1 or more.
    public var backoff: Double
    /// The longest wait, in milliseconds.
    public var max: Int64
    /// Whether a wait is shortened by up to a half, so that many sagas do not come back at once.
    public var jitter: Bool

    /// Defaults: first after 1 s, doubling up to 30 s, with jitter, without end.
    public init(
        attempts: Int? = nil, interval: Int64 = 1_000, backoff: Double = 2, max: Int64 = 30_000, jitter: Bool = true
    ) {
        self.attempts = attempts
        self.interval = interval
        self.backoff = backoff
        self.max = max
        self.jitter = jitter
    }

    /// Milliseconds to wait after attempt number `attempt` (from 1). The jitter comes from `seed` alone, so that the same
    /// history gives the same times.
    public func wait(after attempt: Int, seed: UInt64) -> Int64 {
        var wait = Double(interval)
        var factors = attempt - 1
        while factors > 0, wait < Double(max) {
            wait *= backoff
            factors -= 1
            if backoff <= 1 { break }
        }
        // Below what an Int64 holds: its greatest is no Double.
        wait = Swift.min(wait, Double(max), 0x1p62)
        guard jitter else { return Int64(wait) }
        let unit = Double(Hash.mixed(seed &+ UInt64(attempt)) >> 11) * 0x1p-53
        return Int64(wait * (1 - unit / 2))
    }
}

/// Small stable hashes: the same on every machine and in every run, unlike `Hasher`.
public enum Hash {
    /// The finalizer of splitmix64 (Steele, Lea, Flood 2014).
    @inlinable
    public static func mixed(_ value: UInt64) -> UInt64 {
        var z = value &+ 0x9E37_79B9_7F4A_7C15
        z = (z ^ (z >> 30)) &* 0xBF58_476D_1CE4_E5B9
        z = (z ^ (z >> 27)) &* 0x94D0_49BB_1331_11EB
        return z ^ (z >> 31)
    }

    /// FNV-1a over the bytes, finalised by ``mixed(_:)`` (FNV alone is weak in its high bits).
    ///
    /// Inlinable: unspecialised, a MiB of a signal's data took the loop 70 ms.
    @inlinable
    public static func of(_ bytes: some Sequence<UInt8>) -> UInt64 {
        var hash: UInt64 = 0xCBF2_9CE4_8422_2325
        for byte in bytes { hash = (hash ^ UInt64(byte)) &* 0x100_0000_01B3 }
        return mixed(hash)
    }
}
