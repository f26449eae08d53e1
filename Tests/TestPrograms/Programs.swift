public import Foundation
import Glibc

/// What went wrong with a program under test.
public struct ProgramFailure: Error, CustomStringConvertible {
    public var description: String

    public init(_ description: String) {
        self.description = description
    }
}

/// The built programs of this package.
public enum Programs {
    /// Where the test program stands, the others stand too.
    public static func url(_ name: String) throws -> URL {
        let tests = try FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/exe")
        let url = URL(fileURLWithPath: tests).deletingLastPathComponent().appendingPathComponent(name)
        guard FileManager.default.isExecutableFile(atPath: url.path) else {
            throw ProgramFailure("\(url.path) is not built: run 'swift build' first")
        }
        return url
    }

    /// The root of the project.
    public static func root() -> String {
        URL(fileURLWithPath: #filePath).deletingLastPathComponent().deletingLastPathComponent()
            .deletingLastPathComponent()
            .path
    }

    /// Runs a program to its end; for those that end soon.
    public static func run(
        _ name: String, _ arguments: [String], environment: [String: String] = [:]
    ) async throws -> (status: Int32, output: String, errors: String) {
        // One that should end and does not must fail its test, not hang it.
        try await Child.run(
            "/usr/bin/timeout", ["--signal=KILL", "\(HangLimit.seconds)", try url(name).path] + arguments,
            environment: ["PATH": "/usr/bin:/bin"].merging(environment) { _, new in new })
    }

    /// Runs a program that stops itself (``FatalCall``), does something meanwhile, and lets it go on to its end.
    public static func run(
        _ name: String, _ arguments: [String], environment: [String: String],
        whileStopped work: (_ pid: Int32) async throws -> Void
    ) async throws -> (status: Int32, output: String, errors: String) {
        var isStopped = false
        let run = try await Child.run(
            try url(name).path, arguments, environment: ["PATH": "/usr/bin:/bin"].merging(environment) { _, new in new }
        ) { child in
            isStopped = await offPool {
                var info = siginfo_t()
                // Left to be waited for by the child's own thread.
                let found = waitid(P_PID, id_t(child.pid), &info, WSTOPPED | WEXITED | WNOWAIT)
                return found == 0 && info.si_code == Int32(CLD_STOPPED)
            }
            if isStopped { try await work(child.pid) }
            child.signal(SIGCONT)
        }
        guard isStopped else { throw ProgramFailure("\(name) did not stop; it ended with \(run)") }
        return run
    }

    /// Waits for what blocks, not on the threads that tasks run on: those are few.
    public static func offPool<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }
}
