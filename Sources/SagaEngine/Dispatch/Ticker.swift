import Basics

/// A clock that never jumps.
public protocol Ticker: Sendable {
    /// Milliseconds since some moment.
    func ticks() -> Int64

    /// The same more finely, for what is measured; it decides nothing.
    func nanoseconds() -> Int64

    /// Comes back at that time, at once for one that has passed, and when its task is cancelled.
    func wait(until tick: Int64) async
}

extension Ticker {
    /// As finely as it ticks.
    public func nanoseconds() -> Int64 { ticks() * 1_000_000 }
}

/// The machine's.
public struct MonotonicTicker: Ticker {
    /// Reads CLOCK_MONOTONIC; holds nothing.
    public init() {}

    /// Since the machine was started.
    public func ticks() -> Int64 { MonotonicTime.nanoseconds / 1_000_000 }

    /// Since the machine was started.
    public func nanoseconds() -> Int64 { MonotonicTime.nanoseconds }

    /// Never before its time; a cancelled task is told by nothing but that it is early.
    public func wait(until tick: Int64) async {
        let left = tick - ticks()
        if left > 0 { try? await Task.sleep(for: .milliseconds(left)) }
    }
}
