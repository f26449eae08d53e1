import Foundation
import Glibc
import Synchronization

/// A service of this package as a child process, which can be killed and started again.
public final class RunningProgram: Sendable {
    public let name: String
    private let arguments: [String]
    private let folder: TemporaryFolder
    private let descriptorsMax: Int?
    private let child = Mutex<Child?>(nil)

    /// Starts it, and returns once it has said READY=1.
    /// - Parameter descriptorsMax: how many it may have open.
    public init(
        _ name: String, _ arguments: [String], in folder: TemporaryFolder, descriptorsMax: Int? = nil
    ) async throws {
        self.descriptorsMax = descriptorsMax
        self.name = name
        self.arguments = arguments
        self.folder = folder
        try await start()
    }

    deinit { child.withLock { $0 }?.killNow() }

    /// Starts it with an end ahead, before it is ready or after.
    public func start(until call: FatalCall) async throws {
        do {
            try await start(environment: call.environment)
        } catch let end as Ended where FatalCall.isEnd(end.status) {}
    }

    /// It ended before it was ready.
    private struct Ended: Error, CustomStringConvertible {
        var status: Int32
        var description: String
    }

    /// Starts it again after ``kill()`` or ``terminate()``, or when it has ended by itself.
    public func start(environment: [String: String] = [:]) async throws {
        let notices = try NoticeSocket(path: folder.file("n-\(UUID().uuidString.prefix(8))"))
        let own = ["NOTIFY_SOCKET": notices.path, "PATH": "/usr/bin:/bin", "HOME": folder.path]
        let output = open(logPath, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        guard output >= 0 else { throw ProgramFailure("cannot open \(logPath): errno \(errno)") }
        defer { close(output) }
        let limit = descriptorsMax.map { ["/usr/bin/prlimit", "--nofile=\($0):\($0)"] } ?? []
        let command = limit + [try Programs.url(name).path] + arguments
        let started = try Child(
            command[0], Array(command.dropFirst()), environment: own.merging(environment) { _, new in new },
            output: output, errors: output)
        guard await Programs.offPool({ notices.awaitReady(while: { started.isRunning }) }) else {
            started.signal(SIGKILL)
            let status = await started.end()
            child.withLock { $0 = nil }
            throw Ended(status: status, description: "\(name) was not ready; it logged: \(log)")
        }
        child.withLock { $0 = started }
    }

    public var pid: Int32 { child.withLock { $0?.pid ?? 0 } }

    /// The file that it writes its output and its errors into.
    public var logPath: String { folder.file("\(name).log") }

    public var log: String { (try? String(contentsOfFile: logPath, encoding: .utf8)) ?? "" }

    /// Stops it where it is: it holds its connections and answers nothing, until ``goOn()``.
    public func pause() { signal(SIGSTOP) }

    public func goOn() { signal(SIGCONT) }

    /// Whether it has not ended.
    public var isRunning: Bool { child.withLock { $0?.isRunning ?? false } }

    /// Waits until it has ended by itself.
    public func awaitEnd() async { await child.withLock { $0 }?.end() }

    /// SIGKILL: nothing is flushed, nobody is told.
    public func kill() async { await end(by: SIGKILL) }

    /// SIGTERM, and the status that it ended with; 0 when there is none to end.
    @discardableResult public func terminate() async -> Int32 { await end(by: SIGTERM) }

    /// Tells it to end without a wait for its end.
    public func signal(_ number: Int32) { child.withLock { $0 }?.signal(number) }

    @discardableResult private func end(by number: Int32) async -> Int32 {
        guard let running = child.withLock({ $0 }) else { return 0 }
        running.signal(number)
        let status = await running.end()
        child.withLock { if $0 === running { $0 = nil } }
        return status
    }
}
