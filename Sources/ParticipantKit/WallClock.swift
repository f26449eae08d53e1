public import CEL
import Glibc

/// The clock of people: what rows and answers are dated with. Nothing is decided by it.
public enum WallClock {
    /// Now, in milliseconds since 1970.
    public static func now() -> Int64 {
        var time = timespec()
        clock_gettime(CLOCK_REALTIME, &time)
        return Int64(time.tv_sec) * 1000 + Int64(time.tv_nsec) / 1_000_000
    }

    /// RFC 3339 in UTC with milliseconds, as times are on the wire.
    public static func text(_ milliseconds: Int64) -> Value {
        .string(Timestamp(milliseconds: milliseconds).rfc3339Milliseconds)
    }
}
