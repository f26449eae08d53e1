public import Foundation
import Glibc
import Synchronization

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
    public static func root(_ file: String = #filePath) -> String {
        URL(fileURLWithPath: file).deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()
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
        return try await withCheckedThrowingContinuation { continuation in
            // Not on the threads that tasks run on: those are few.
            Thread.detachNewThread {
                continuation.resume(
                    with: Result {
                        // Small outputs only: both fit a pipe.
                        let text = try output.fileHandleForReading.readToEnd() ?? Data()
                        let faults = try errors.fileHandleForReading.readToEnd() ?? Data()
                        process.waitUntilExit()
                        return (
                            process.terminationStatus, String(decoding: text, as: UTF8.self),
                            String(decoding: faults, as: UTF8.self)
                        )
                    })
            }
        }
    }
}

/// A service of this package as a child process, which can be killed and started again.
public final class RunningProgram: Sendable {
    public let name: String
    private let arguments: [String]
    private let folder: TemporaryFolder
    private let process = Mutex<Process?>(nil)

    /// Starts it, and returns once it has said READY=1.
    public init(_ name: String, _ arguments: [String], in folder: TemporaryFolder) throws {
        self.name = name
        self.arguments = arguments
        self.folder = folder
        try start()
    }

    deinit { kill() }

    /// Starts it again after ``kill()`` or ``terminate()``.
    public func start() throws {
        let notices = try NoticeSocket(path: folder.file("n-\(UUID().uuidString.prefix(8))"))
        let child = Process()
        child.executableURL = try Programs.url(name)
        child.arguments = arguments
        child.environment = ["NOTIFY_SOCKET": notices.path, "PATH": "/usr/bin:/bin", "HOME": folder.path]
        if !FileManager.default.fileExists(atPath: logPath) {
            _ = FileManager.default.createFile(atPath: logPath, contents: nil)
        }
        let output = try FileHandle(forWritingTo: URL(fileURLWithPath: logPath))
        try output.seekToEnd()
        child.standardError = output
        child.standardOutput = output
        child.standardInput = FileHandle.nullDevice
        try child.run()
        guard notices.awaitReady(while: { child.isRunning }) else {
            throw ProgramFailure("\(name) was not ready; it logged: \(log)")
        }
        process.withLock { $0 = child }
    }

    public var pid: Int32 { process.withLock { $0?.processIdentifier ?? 0 } }

    private var logPath: String { folder.file("\(name).log") }

    public var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// Stops it where it is: it holds its connections and answers nothing, until ``goOn()``.
    public func pause() { Glibc.kill(pid, SIGSTOP) }

    public func goOn() { Glibc.kill(pid, SIGCONT) }

    /// SIGKILL: nothing is flushed, nobody is told.
    public func kill() {
        process.withLock { child in
            guard let running = child, running.processIdentifier > 1 else { return }
            if running.isRunning { Glibc.kill(running.processIdentifier, SIGKILL) }
            running.waitUntilExit()
            child = nil
        }
    }

    /// SIGSTOP: it is there, takes connections and answers nothing.
    public func freeze() { signal(SIGSTOP) }

    /// SIGCONT.
    public func thaw() { signal(SIGCONT) }

    private func signal(_ number: Int32) {
        process.withLock { child in
            guard let running = child, running.processIdentifier > 1 else { return }
            Glibc.kill(running.processIdentifier, number)
        }
    }

    /// SIGTERM, and the status that it ended with.
    public func terminate() -> Int32 {
        process.withLock { child in
            guard let running = child else { return 0 }
            running.terminate()
            running.waitUntilExit()
            child = nil
            return running.terminationStatus
        }
    }
}
