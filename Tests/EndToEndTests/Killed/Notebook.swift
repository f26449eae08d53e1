import CEL
import ControlAPI
import ControlClient
import Foundation
import TestPrograms

/// A daemon whose sagas call nobody: each is a note that is open until it is done.
final class Notebook: Sendable {
    let folder: TemporaryFolder
    let daemon: RunningProgram
    private let arguments: [String]

    private static let workflow = """
        workflow: note
        version: "1"
        summary: Waits until it is done.
        input: { type: object, required: [text], properties: { text: { type: string } } }
        attributes: { text: "${ input.text }" }
        initial: Open
        states:
          Open: { signals: { done: Done } }
          Done: { end: succeeded }

        """

    init() async throws {
        folder = try TemporaryFolder()
        try FileManager.default.createDirectory(atPath: folder.file("w"), withIntermediateDirectories: false)
        try Self.workflow.write(toFile: folder.file("w/note.yaml"), atomically: true, encoding: .utf8)
        try "limits: {}\n".write(toFile: folder.file("y.yaml"), atomically: true, encoding: .utf8)
        arguments = [
            "--config", folder.file("y.yaml"), "--state-dir", folder.file("state"), "--socket", folder.file("y.sock"),
            "--workflows", folder.file("w"),
        ]
        daemon = try await RunningProgram("yogiyogid", arguments, in: folder)
    }

    var socket: String { folder.file("y.sock") }

    func configure(_ text: String) throws {
        try text.write(toFile: folder.file("y.yaml"), atomically: true, encoding: .utf8)
    }

    /// Writes notes, of which every `open`th stays open, and one more that does: the newest of all is never taken away.
    /// - Returns: the ids of those that are open, and of those that are done.
    func write(_ count: Int, open: Int) async throws -> (open: [String], done: [String]) {
        try await ControlClient.with(socketPath: socket, timeout: HangLimit.milliseconds) { client in
            var ids: (open: [String], done: [String]) = ([], [])
            for number in 0..<count {
                let id = try await Self.start(number, client)
                if number % open == 0 { ids.open.append(id) } else { ids.done.append(id) }
            }
            try await withThrowingTaskGroup(of: Void.self) { group in
                for id in ids.done { group.addTask { _ = try await client.signal(id, "done") } }
                try await group.waitForAll()
            }
            ids.open.append(try await Self.start(count, client))
            return ids
        }
    }

    private static func start(_ number: Int, _ client: ControlClient) async throws -> String {
        let text = "note \(number) " + String(repeating: "x", count: 1_000)
        return try await client.start("note", input: .map(MapValue([("text", .string(text))]))).saga.id
    }

    /// The state of each saga, as its history says: a list alone would not read it.
    static func states(_ client: ControlClient) async throws -> [String: String] {
        var states: [String: String] = [:]
        for saga in try await client.list(limit: 1_000).sagas {
            do {
                states[saga.id] = try await client.show(saga.id).state
            } catch ClientError.problem {
                states[saga.id] = "unreadable"
            }
        }
        return states
    }

    /// What `body` reads of the notes while nothing moves; the daemon itself must not run.
    func look<T: Sendable>(_ body: (ControlClient) async throws -> T) async throws -> T {
        let reader = try await RunningProgram("yogiyogid", arguments + ["--paused"], in: folder)
        let seen = try await ControlClient.with(socketPath: socket, timeout: HangLimit.milliseconds, body)
        await reader.kill()
        return seen
    }

    /// What the daemon says while it runs; `nil` once it has ended.
    func ask<T: Sendable>(_ body: (ControlClient) async throws -> T) async throws -> T? {
        do {
            return try await ControlClient.with(socketPath: socket, timeout: HangLimit.milliseconds, body)
        } catch let error as ClientError {
            switch error {
            case .unreachable, .interrupted: break
            default: throw error
            }
        }
        await daemon.awaitEnd()
        return nil
    }

    /// What `sqlite3` says of a copy of the store, a line each row.
    func query(_ sql: String) async throws -> [String] {
        let copy = try TemporaryFolder()
        for end in ["", "-wal"] where FileManager.default.fileExists(atPath: folder.file("state/sagas.db\(end)")) {
            try FileManager.default.copyItem(
                atPath: folder.file("state/sagas.db\(end)"), toPath: copy.file("sagas.db\(end)"))
        }
        let answer = try await Child.run("/usr/bin/sqlite3", [copy.file("sagas.db"), sql])
        return answer.output.split(separator: "\n").map(String.init)
    }
}
