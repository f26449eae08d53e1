import Synchronization
import Systemd

/// Asks the service manager for more time while a long start moves on: a migration, a recovery of very many sagas.
///
/// From progress alone: a start that hangs asks for nothing, and `TimeoutStartSec=` ends it.
final class LongStart: Sendable {
    private struct State {
        var lastAsked: Duration
        var isOver = false
    }

    private let notifier: Notifier
    private let now: @Sendable () -> Duration
    private let state: Mutex<State>

    /// What is asked for, counted from the asking; much more than lies between two of them.
    static let asked = Duration.seconds(60)
    /// Nobody needs to hear of it more often, and of a start that is shorter not at all.
    static let interval = Duration.seconds(1)

    /// - Parameter now: a clock that never jumps.
    init(notifier: Notifier, now: @escaping @Sendable () -> Duration = LongStart.monotonic) {
        self.notifier = notifier
        self.now = now
        state = Mutex(State(lastAsked: now()))
    }

    /// Something has moved.
    func moved() {
        let time = now()
        let asks = state.withLock { state in
            guard !state.isOver, time - state.lastAsked >= Self.interval else { return false }
            state.lastAsked = time
            return true
        }
        if asks { notifier.extendTimeout(by: Self.asked) }
    }

    /// Ready: from here on the watchdog is what looks.
    func end() {
        state.withLock { $0.isOver = true }
    }

    @Sendable private static func monotonic() -> Duration {
        let begun = origin
        return ContinuousClock.now - begun
    }

    private static let origin = ContinuousClock.now
}
