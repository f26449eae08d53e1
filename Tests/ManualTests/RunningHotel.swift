import CEL
import Foundation
import Glibc
import TestPrograms

/// A participant of the manual that runs, and can be stopped, killed and started again.
final class RunningHotel {
    /// What it answered.
    struct Answer: Hashable {
        var status: Int
        /// `Saga-Outcome`.
        var outcome: String?
        var body: String
    }

    let port: Int
    private let command: [String]
    private let environment: [String: String]
    private(set) var child: Child

    /// Starts it, and returns once it answers.
    init(_ language: Language, in folder: TemporaryFolder, port: Int) async throws {
        self.port = port
        (command, environment) = try await language.prepare(in: folder, port: port)
        child = try Child(command[0], Array(command.dropFirst()), environment: environment)
        try await awaitPort()
    }

    deinit { child.signal(SIGKILL) }

    /// SIGKILL, and a new one on what it has kept.
    func killAndStart() async throws {
        child.signal(SIGKILL)
        await child.end()
        child = try Child(command[0], Array(command.dropFirst()), environment: environment)
        try await awaitPort()
    }

    private func awaitPort() async throws {
        let limit = HangLimit()
        while try await Self.curl(["http://127.0.0.1:\(port)/"]).status != 0 {
            guard child.isRunning, !limit.isOver else { throw ProgramFailure("\(command[0]) does not listen") }
        }
    }

    func hold(_ room: String, key: String) async throws -> Answer {
        try await call("hold", key, #"{"room":"\#(room)"}"#, undoing: nil)
    }

    func release(_ undone: String, key: String) async throws -> Answer {
        try await call("release", key, #"{"request":{},"result":null}"#, undoing: undone)
    }

    func call(_ operation: String, _ key: String, _ body: String, undoing undone: String?) async throws -> Answer {
        let header = undone.map { ["-H", "Saga-Compensates: \($0)"] } ?? []
        let words = ["-i", "-d", body, "-H", "Content-Type: application/json", "-H", "Idempotency-Key: \(key)"]
        let run = try await Self.curl(words + header + ["http://127.0.0.1:\(port)/\(operation)"])
        guard run.status == 0 else { throw ProgramFailure("no answer of \(command[0]): \(run.errors)") }
        let text = run.output.replacing("\r\n", with: "\n")
        let parts = text.split(separator: "\n\n", maxSplits: 1, omittingEmptySubsequences: false)
        let head = parts[0].split(separator: "\n")
        let outcome = head.first { $0.lowercased().hasPrefix("saga-outcome:") }
        return Answer(
            status: Int(head[0].split(separator: " ")[1]) ?? 0,
            outcome: outcome.map { $0.split(separator: ":")[1].trimmingCharacters(in: .whitespaces) },
            body: parts.count > 1 ? String(parts[1]) : "")
    }

    static func curl(_ words: [String]) async throws -> Child.Run {
        try await Child.run("/usr/bin/curl", ["-s", "--max-time", "\(HangLimit.seconds)"] + words)
    }

    /// One that nobody listens at.
    static func freePort() throws -> Int {
        let socket = Glibc.socket(AF_INET, Int32(SOCK_STREAM.rawValue), 0)
        defer { close(socket) }
        var address = sockaddr_in()
        address.sin_family = sa_family_t(AF_INET)
        address.sin_addr.s_addr = inet_addr("127.0.0.1")
        var length = socklen_t(MemoryLayout<sockaddr_in>.size)
        let bound = withUnsafeMutablePointer(to: &address) { pointer in
            pointer.withMemoryRebound(to: sockaddr.self, capacity: 1) {
                bind(socket, $0, length) == 0 && getsockname(socket, $0, &length) == 0
            }
        }
        guard bound else { throw ProgramFailure("no port: errno \(errno)") }
        return Int(UInt16(bigEndian: address.sin_port))
    }
}
