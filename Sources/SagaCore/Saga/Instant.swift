public import CEL

/// A point in time: milliseconds since 1970 in UTC. The core never asks for it, it is told.
public struct Instant: Sendable, Hashable, Comparable {
    /// Since 1970-01-01T00:00:00Z, without leap seconds; negative before it.
    public var milliseconds: Int64

    /// The instant that many milliseconds after 1970 began.
    public init(milliseconds: Int64) {
        self.milliseconds = milliseconds
    }

    public static func < (one: Instant, other: Instant) -> Bool { one.milliseconds < other.milliseconds }

    /// That many milliseconds later; at an end of time rather than past it.
    public static func + (instant: Instant, milliseconds: Int64) -> Instant {
        let (sum, overflow) = instant.milliseconds.addingReportingOverflow(milliseconds)
        return Instant(milliseconds: overflow ? (milliseconds < 0 ? .min : .max) : sum)
    }

    /// Milliseconds between two instants.
    public static func - (one: Instant, other: Instant) -> Int64 {
        let (difference, overflow) = one.milliseconds.subtractingReportingOverflow(other.milliseconds)
        return overflow ? (one.milliseconds < 0 ? .min : .max) : difference
    }

    /// The same as expressions have it (`now`, `saga.startedAt`).
    public var timestamp: Timestamp { Timestamp(milliseconds: milliseconds) }

    /// RFC 3339 in UTC with milliseconds: `2026-11-24T03:50:44.123Z`.
    public var rfc3339: String {
        timestamp.rfc3339Milliseconds
    }
}
