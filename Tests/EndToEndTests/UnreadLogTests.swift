import CEL
import ControlAPI
import ControlClient
import Foundation
import Glibc
import TestPrograms
import Testing

/// Where nobody reads what the daemon says on standard error.
@Suite(.timeLimit(.minutes(30))) struct UnreadLogTests {
    @Test func `a pipe that nobody reads costs lines and stops nothing`() async throws {
        let folder = try TemporaryFolder()
        try "log: { level: trace, queue: 16 }\n".write(
            toFile: folder.file("y.yaml"), atomically: true, encoding: .utf8)
        try FileManager.default.createDirectory(atPath: folder.file("workflows"), withIntermediateDirectories: false)
        try Bell.workflow.write(toFile: folder.file("workflows/bell.yaml"), atomically: true, encoding: .utf8)
        let (daemon, pipe) = (Process(), Pipe())
        daemon.executableURL = try Programs.url("yogiyogid")
        daemon.arguments = [
            "--config", folder.file("y.yaml"), "--state-dir", folder.file("state"), "--socket", folder.file("y.sock"),
            "--workflows", folder.file("workflows"),
        ]
        daemon.environment = ["PATH": "/usr/bin:/bin", "HOME": folder.path]
        daemon.standardError = pipe
        daemon.standardInput = FileHandle.nullDevice
        try daemon.run()
        defer { if daemon.isRunning { kill(daemon.processIdentifier, SIGKILL) } }
        try await ControlClient.with(socketPath: folder.file("y.sock"), timeout: HangLimit.milliseconds) { client in
            while (try? await client.health().healthy) != true { try #require(daemon.isRunning) }
            var dropped = 0
            while dropped == 0 {
                for _ in 0..<20 { _ = try await client.start("bell", input: .map(MapValue([]))) }
                dropped = try await client.status().logDropped
            }
        }
        daemon.terminate()
        await withCheckedContinuation { continuation in
            Thread.detachNewThread {
                daemon.waitUntilExit()
                continuation.resume()
            }
        }
        #expect(daemon.terminationStatus == 0)
    }
}
