import Glibc

/// `CLOCK_MONOTONIC`: it never jumps, and stands still while the machine sleeps.
package enum MonotonicTime {
    /// Since the machine was started.
    package static var nanoseconds: Int64 {
        var time = timespec()
        clock_gettime(CLOCK_MONOTONIC, &time)
        return Int64(time.tv_sec) * 1_000_000_000 + Int64(time.tv_nsec)
    }

    /// The same, as `Duration`.
    package static var now: Duration { .nanoseconds(nanoseconds) }
}
