import CEL
import ControlAPI
import ControlClient
import Foundation
import TestPrograms

/// A daemon whose one participant is somebody else's API, configured by a file of `systemd/examples` as it is shipped, but for the address.
final class ForeignHouse: Sendable {
    let folder: TemporaryFolder
    let daemon: RunningProgram

    init(example: String, credentials: [String: String], at port: UInt16, workflow: String) async throws {
        folder = try TemporaryFolder()
        let shipped = try String(contentsOfFile: "\(Programs.root())/systemd/examples/\(example)", encoding: .utf8)
        // The breaker closes soon again: here participants come back within milliseconds.
        let mended = shipped.replacing(
            /url: https:\/\/[^\/\n]*(.*)\n/,
            with: {
                "url: http://127.0.0.1:\(port)\($0.output.1)\n    breaker: { failures: 5, within: 30s, cooldown: 300ms }\n"
            })
        try mended.write(toFile: folder.file("y.yaml"), atomically: true, encoding: .utf8)
        for name in ["credentials", "w"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
        }
        for (name, text) in credentials {
            try text.write(toFile: folder.file("credentials/\(name)"), atomically: true, encoding: .utf8)
        }
        try workflow.write(toFile: folder.file("w/foreign.yaml"), atomically: true, encoding: .utf8)
        daemon = try await RunningProgram("yogiyogid", Self.arguments(folder), in: folder)
    }

    private static func arguments(_ folder: TemporaryFolder) -> [String] {
        [
            "--config", folder.file("y.yaml"), "--state-dir", folder.file("state"), "--socket", folder.file("y.sock"),
            "--workflows", folder.file("w"), "--credentials-dir", folder.file("credentials"),
        ]
    }

    /// What who checks the configuration is told.
    func checked() async throws -> String {
        let run = try await Programs.run("yogiyogid", Self.arguments(folder) + ["--check-config"])
        return run.output + run.errors
    }

    func yogictl(_ arguments: String...) async throws -> String {
        let run = try await Programs.run("yogictl", arguments, environment: ["YOGIYOGI_SOCKET": folder.file("y.sock")])
        return run.output + run.errors
    }

    func withClient<T: Sendable>(_ body: (ControlClient) async throws -> T) async throws -> T {
        try await ControlClient.with(socketPath: folder.file("y.sock"), timeout: HangLimit.milliseconds, body)
    }

    /// Starts a saga and waits until it has come to a status.
    func saga(_ input: [(String, Value)], until goal: String) async throws -> SagaResource {
        try await withClient { client in
            let saga = try await client.start("foreign", input: .map(MapValue(input))).saga
            return try await client.show(saga.id, wait: Wait(goal, milliseconds: HangLimit.milliseconds))
        }
    }
}
