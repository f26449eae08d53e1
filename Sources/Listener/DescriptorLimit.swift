import Foundation
import Glibc

/// How many files and connections this process may have open at once (RLIMIT_NOFILE of getrlimit(2)).
public enum DescriptorLimit {
    /// The limit that holds.
    public static var current: Int {
        var limit = rlimit()
        guard getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit) == 0 else { return 1_024 }
        return Int(clamping: limit.rlim_cur)
    }

    /// How many connections a service may accept so that its own work finds descriptors: beside what is open now a quarter of the limit
    /// is kept, 1,024 at most; but never fewer than eight.
    public static var connectionsMax: Int {
        connectionsMax(
            of: current, open: (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd"))?.count ?? 64)
    }

    static func connectionsMax(of limit: Int, open: Int) -> Int {
        max(8, limit - min(limit / 4, 1_024) - open)
    }
}
