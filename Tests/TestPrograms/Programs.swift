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
        let process = Process()
        // One that should end and does not must fail its test, not hang it.
        process.executableURL = URL(fileURLWithPath: "/usr/bin/timeout")
        process.arguments = ["--signal=KILL", "120", try url(name).path] + arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { _, new in new }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        return try await end(of: process, output, errors)
    }

    /// Runs a program that stops itself (``FatalCall``), does something meanwhile, and lets it go on to its end.
    public static func run(
        _ name: String, _ arguments: [String], environment: [String: String],
        whileStopped work: (_ pid: Int32) async throws -> Void
    ) async throws -> (status: Int32, output: String, errors: String) {
        let process = Process()
        process.executableURL = try url(name)
        process.arguments = arguments
        process.environment = ["PATH": "/usr/bin:/bin"].merging(environment) { _, new in new }
        let (output, errors) = (Pipe(), Pipe())
        process.standardOutput = output
        process.standardError = errors
        process.standardInput = FileHandle.nullDevice
        try process.run()
        let pid = process.processIdentifier
        let isStopped = await offPool {
            var info = siginfo_t()
            // Left to be waited for by Foundation.
            let found = waitid(P_PID, id_t(pid), &info, WSTOPPED | WEXITED | WNOWAIT)
            return found == 0 && info.si_code == Int32(CLD_STOPPED)
        }
        do {
            if isStopped { try await work(pid) }
        } catch {
            kill(pid, SIGKILL)
            throw error
        }
        kill(pid, SIGCONT)
        let run = try await end(of: process, output, errors)
        guard isStopped else { throw ProgramFailure("\(name) did not stop; it ended with \(run)") }
        return run
    }

    private static func end(
        of process: Process, _ output: Pipe, _ errors: Pipe
    ) async throws -> (status: Int32, output: String, errors: String) {
        try await offPool {
            Result {
                // Small outputs only: both fit a pipe.
                let text = try output.fileHandleForReading.readToEnd() ?? Data()
                let faults = try errors.fileHandleForReading.readToEnd() ?? Data()
                process.waitUntilExit()
                return (
                    process.terminationStatus, String(decoding: text, as: UTF8.self),
                    String(decoding: faults, as: UTF8.self)
                )
            }
        }.get()
    }

    /// Waits for what blocks, not on the threads that tasks run on: those are few.
    static func offPool<T: Sendable>(_ work: @escaping @Sendable () -> T) async -> T {
        await withCheckedContinuation { continuation in
            Thread.detachNewThread { continuation.resume(returning: work()) }
        }
    }
}
