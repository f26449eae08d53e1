import Foundation
import Glibc

/// What the kernel says of a process (proc(5)).
enum ProcessFacts {
    /// User and system time so far, in microseconds.
    static func cpu(of pid: Int32) -> Int64 {
        // The name in parentheses may hold spaces: count from behind it; utime and stime are then the 12th and 13th.
        guard let text = try? String(contentsOfFile: "/proc/\(pid)/stat", encoding: .utf8),
            let close = text.lastIndex(of: ")")
        else { return 0 }
        let fields = text[text.index(after: close)...].split(separator: " ")
        guard fields.count > 12, let user = Int64(fields[11]), let system = Int64(fields[12]) else { return 0 }
        return (user + system) * microsecondsPerTick
    }

    /// Resident memory in bytes.
    static func residentBytes(of pid: Int32) -> Int {
        let text = (try? String(contentsOfFile: "/proc/\(pid)/status", encoding: .utf8)) ?? ""
        let line = text.split(separator: "\n").first { $0.hasPrefix("VmRSS:") }
        let kibibytes = line?.split(whereSeparator: \.isWhitespace).dropFirst().first.flatMap { Int($0) }
        return (kibibytes ?? 0) * 1_024
    }

    /// What all processes have used so far, in microseconds over all cores.
    static func machineCPU() -> Int64 {
        let text = (try? String(contentsOfFile: "/proc/stat", encoding: .utf8)) ?? ""
        let numbers = text.prefix { $0 != "\n" }.split(separator: " ").dropFirst().compactMap { Int64($0) }
        guard numbers.count > 7 else { return 0 }
        // user nice system idle iowait irq softirq steal
        return (numbers[0...2].reduce(0, +) + numbers[5...7].reduce(0, +)) * microsecondsPerTick
    }

    static let cores = sysconf(Int32(_SC_NPROCESSORS_ONLN))

    private static let microsecondsPerTick = 1_000_000 / Int64(sysconf(Int32(_SC_CLK_TCK)))
}
