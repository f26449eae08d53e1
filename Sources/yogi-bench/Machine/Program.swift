import Basics
import Foundation
import Glibc

/// A built program of this package as a child process.
final class Program {
    let name: String
    /// Milliseconds from its start until it said READY=1.
    let readyAfter: Double
    private let process: Process

    /// Starts it, and returns once it is ready.
    /// - Throws: ``BenchFailure`` when it is not built, or ends; then with what it logged.
    init(_ name: String, _ arguments: [String], in place: BenchFolder, environment: [String: String] = [:]) throws {
        self.name = name
        let notices = try NoticeSocket(path: place.file("ready"))
        let log = place.file("\(name).log")
        _ = FileManager.default.createFile(atPath: log, contents: nil)
        let child = Process()
        child.executableURL = try Self.url(name)
        child.arguments = arguments
        child.environment = ["NOTIFY_SOCKET": notices.path, "PATH": "/usr/bin:/bin", "HOME": place.path]
            .merging(environment) { _, new in new }
        child.standardError = try FileHandle(forWritingTo: URL(fileURLWithPath: log))
        child.standardOutput = FileHandle.nullDevice
        child.standardInput = FileHandle.nullDevice
        let begin = MonotonicTime.nanoseconds
        try child.run()
        guard notices.awaitReady(while: { child.isRunning }) else {
            let told = (try? String(contentsOfFile: log, encoding: .utf8)) ?? ""
            throw BenchFailure("\(name) ended before it was ready; it said: \(told.suffix(2_000))")
        }
        readyAfter = Double(MonotonicTime.nanoseconds - begin) / 1e6
        process = child
    }

    deinit {
        if process.isRunning { kill(process.processIdentifier, SIGKILL) }
    }

    var pid: Int32 { process.processIdentifier }

    /// SIGTERM, and waits for its end.
    func stop() throws {
        process.terminate()
        process.waitUntilExit()
        guard process.terminationStatus == 0 else {
            throw BenchFailure("\(name) ended with status \(process.terminationStatus)")
        }
    }

    /// Where this program stands, the others stand too.
    private static func url(_ name: String) throws -> URL {
        let own = URL(fileURLWithPath: try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe"))
        let url = own.deletingLastPathComponent().appendingPathComponent(name)
        guard FileManager.default.isExecutableFile(atPath: url.path) else {
            throw BenchFailure("\(url.path) is not built: run 'make bench'")
        }
        return url
    }
}
