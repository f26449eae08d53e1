import Basics
import CSystemd
import Glibc

/// How a thread waits for a time that never jumps, or to be woken.
protocol ThreadAlarm: Sendable {
    /// Monotonic.
    var now: Duration { get }
    /// Blocks the thread until the time, for ever without one, or until ``wake()``; may come back early.
    func wait(until time: Duration?)
    /// Ends the wait at hand, or else the next one.
    func wake()
}

/// `CLOCK_MONOTONIC`, by which systemd's watchdog goes too, and poll(2).
///
/// No semaphore of Dispatch: its timed wait goes by the wall clock, and a clock that is set back by an hour would make it an hour longer.
final class MonotonicAlarm: ThreadAlarm {
    private let descriptor = eventfd(0, Int32(EFD_CLOEXEC | EFD_NONBLOCK))

    deinit { close(descriptor) }

    var now: Duration { MonotonicTime.now }

    func wait(until time: Duration?) {
        // Rounded up: too early is another turn.
        let milliseconds = time.map { max(0, ($0 - now).milliseconds + 1) } ?? -1
        var waiting = pollfd(fd: descriptor, events: Int16(POLLIN), revents: 0)
        _ = poll(&waiting, 1, Int32(clamping: milliseconds))
        var count: UInt64 = 0
        _ = read(descriptor, &count, 8)
    }

    func wake() {
        var one: UInt64 = 1
        _ = write(descriptor, &one, 8)
    }
}

extension Duration {
    /// Whole milliseconds, as logs show them.
    var milliseconds: Int64 { microseconds / 1000 }
}
