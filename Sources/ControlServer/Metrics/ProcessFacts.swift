import Foundation
import Glibc

/// What the kernel counts of this process.
public struct ProcessFacts: Sendable, Hashable {
    /// Seconds of user and system time.
    public var cpuSeconds: Double
    /// Bytes in memory.
    public var residentBytes: Int
    /// Bytes of addresses.
    public var virtualBytes: Int
    /// Of files, sockets and all else.
    public var openDescriptors: Int
    /// How many may be.
    public var descriptorsMax: Int

    /// Facts of a process.
    public init(cpuSeconds: Double, residentBytes: Int, virtualBytes: Int, openDescriptors: Int, descriptorsMax: Int) {
        self.cpuSeconds = cpuSeconds
        self.residentBytes = residentBytes
        self.virtualBytes = virtualBytes
        self.openDescriptors = openDescriptors
        self.descriptorsMax = descriptorsMax
    }

    /// Of this process, now; 0 for what the kernel does not tell.
    public static var now: ProcessFacts {
        var usage = rusage()
        getrusage(RUSAGE_SELF.rawValue, &usage)
        let cpu = seconds(usage.ru_utime) + seconds(usage.ru_stime)
        // Pages: all, resident, … (proc(5)).
        let pages = (FileManager.default.contents(atPath: "/proc/self/statm") ?? Data())
            .split(separator: UInt8(ascii: " ")).map { Int(String(decoding: $0, as: UTF8.self)) ?? 0 }
        let page = Int(sysconf(Int32(_SC_PAGESIZE)))
        var limit = rlimit()
        getrlimit(__rlimit_resource_t(RLIMIT_NOFILE.rawValue), &limit)
        // One is open to look.
        let descriptors = (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count - 1) ?? 0
        return ProcessFacts(
            cpuSeconds: cpu, residentBytes: pages.count > 1 ? pages[1] * page : 0,
            virtualBytes: (pages.first ?? 0) * page, openDescriptors: max(0, descriptors),
            descriptorsMax: Int(clamping: limit.rlim_cur))
    }

    private static func seconds(_ time: timeval) -> Double { Double(time.tv_sec) + Double(time.tv_usec) / 1e6 }
}
