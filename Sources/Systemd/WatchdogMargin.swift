import Basics
import Synchronization

/// How near the watchdog has come: told by its thread, read by anyone.
public final class WatchdogMargin: Sendable {
    private struct State {
        var interval: Duration
        var fedAt: Duration
        var least: Duration

        func left(at now: Duration) -> Duration { max(.zero, interval - (now - fedAt)) }
    }

    private let state = Mutex<State?>(nil)

    /// Of a watchdog that does not run yet.
    public init() {}

    /// At a time of the alarm's clock.
    func begun(interval: Duration, at now: Duration) {
        state.withLock { $0 = State(interval: interval, fedAt: now, least: interval) }
    }

    func fed(at now: Duration) {
        state.withLock { state in
            guard var fed = state else { return }
            fed.least = min(fed.least, fed.left(at: now))
            fed.fedAt = now
            state = fed
        }
    }

    /// What is left of the interval, and the least that was left at any feeding; `nil` where no watchdog runs.
    public var current: (interval: Duration, left: Duration, least: Duration)? { current(at: MonotonicTime.now) }

    func current(at now: Duration) -> (interval: Duration, left: Duration, least: Duration)? {
        state.withLock { state in state.map { ($0.interval, $0.left(at: now), $0.least) } }
    }
}
