import Foundation
import Glibc
import Synchronization

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

    /// Starts it with an end ahead, before it is ready or after.
    public func start(until call: FatalCall) throws {
        do {
            try start(environment: call.environment)
        } catch let end as Ended where FatalCall.isEnd(end.status) {}
    }

    /// It ended before it was ready.
    private struct Ended: Error, CustomStringConvertible {
        var status: Int32
        var description: String
    }

    /// Starts it again after ``kill()`` or ``terminate()``, or when it has ended by itself.
    public func start(environment: [String: String] = [:]) throws {
        let notices = try NoticeSocket(path: folder.file("n-\(UUID().uuidString.prefix(8))"))
        let child = Process()
        child.executableURL = try Programs.url(name)
        child.arguments = arguments
        let own = ["NOTIFY_SOCKET": notices.path, "PATH": "/usr/bin:/bin", "HOME": folder.path]
        child.environment = own.merging(environment) { _, new in new }
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
            if child.isRunning { Glibc.kill(child.processIdentifier, SIGKILL) }
            child.waitUntilExit()
            process.withLock { $0 = nil }
            throw Ended(
                status: child.terminationStatus, description: "\(name) was not ready; it logged: \(log)")
        }
        process.withLock { $0 = child }
    }

    public var pid: Int32 { process.withLock { $0?.processIdentifier ?? 0 } }

    private var logPath: String { folder.file("\(name).log") }

    public var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// Stops it where it is: it holds its connections and answers nothing, until ``goOn()``.
    public func pause() { Glibc.kill(pid, SIGSTOP) }

    public func goOn() { Glibc.kill(pid, SIGCONT) }

    /// Whether it has not ended.
    public var isRunning: Bool { process.withLock { $0?.isRunning ?? false } }

    /// Waits until it has ended by itself.
    public func awaitEnd() async {
        guard let child = process.withLock({ $0 }) else { return }
        await Programs.offPool { child.waitUntilExit() }
    }

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
