import Dispatch
import Synchronization

@testable import Systemd

/// An alarm that a test moves by hand, and that says until when its thread waits.
final class ManualAlarm: ThreadAlarm {
    private struct State {
        var now = Duration.zero
        /// Set while the thread waits: until when.
        var until: Duration?
    }

    private let state = Mutex(State())
    private let woken = DispatchSemaphore(value: 0)
    /// Until when, at each wait that something must end; `nil` for ever.
    let waits = Mailbox<Duration?>()

    var now: Duration { state.withLock { $0.now } }

    func wait(until time: Duration?) {
        let isDue = state.withLock { state in
            state.until = time
            return time.map { $0 <= state.now } ?? false
        }
        waits.put(time)
        if isDue { return }
        woken.wait()
        state.withLock { $0.until = nil }
    }

    func wake() { woken.signal() }

    func advance(to time: Duration) {
        let isDue = state.withLock { state in
            state.now = time
            return state.until.map { $0 <= time } ?? false
        }
        if isDue { wake() }
    }

    /// Comes back when the thread waits until that time; what it waited for before is over.
    func waits(until time: Duration?) async {
        while let wait = await waits.take() { if wait == time { return } }
    }
}
