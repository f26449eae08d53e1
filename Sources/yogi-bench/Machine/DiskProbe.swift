import Basics
import Glibc

/// How often a second the disk makes 4 KiB durable: the ceiling of commits, one at a time.
struct DiskProbe {
    let place: BenchFolder
    let seconds: Double

    private static let pageBytes = 4_096
    /// As many as SQLite's log has before it begins again.
    private static let pages = 1_000

    /// Overwrites a file that is there, a page and an fdatasync at a time, as SQLite writes its log.
    func fsyncsPerSecond() throws -> Double {
        let path = place.file("disk")
        let descriptor = open(path, O_RDWR | O_CREAT | O_TRUNC | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("open", path) }
        defer {
            close(descriptor)
            unlink(path)
        }
        var page = [UInt8](repeating: 0, count: Self.pageBytes)
        for index in 0..<Self.pages { try write(&page, at: index, descriptor, path) }
        guard fsync(descriptor) == 0 else { throw failure("fsync", path) }
        let begin = MonotonicTime.nanoseconds
        let end = begin + Int64(seconds * 0.5e9)
        var count = 0
        while MonotonicTime.nanoseconds < end {
            page[0] &+= 1
            try write(&page, at: count % Self.pages, descriptor, path)
            guard fdatasync(descriptor) == 0 else { throw failure("fdatasync", path) }
            count += 1
        }
        return Double(count) / (Double(MonotonicTime.nanoseconds - begin) / 1e9)
    }

    private func write(_ page: inout [UInt8], at index: Int, _ descriptor: Int32, _ path: String) throws {
        guard pwrite(descriptor, &page, page.count, index * Self.pageBytes) == page.count else {
            throw failure("pwrite", path)
        }
    }

    private func failure(_ call: String, _ path: String) -> BenchFailure {
        BenchFailure("\(call) of '\(path)' failed: \(String(cString: strerror(errno)))")
    }
}
