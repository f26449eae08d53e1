import CEL
import ControlAPI
import ControlClient
import Foundation
import TestPrograms

/// The daemon and both reference participants, as built, on private sockets.
final class Hotel: Sendable {
    let folder: TemporaryFolder
    let payment: RunningProgram
    let reservation: RunningProgram
    let daemon: RunningProgram

    var socket: String { folder.file("y.sock") }

    /// - Parameters:
    ///   - paymentSocket: where the daemon looks for payment, which itself is at `p.sock`.
    ///   - paymentFailures: that open the breaker of payment.
    ///   - further: what its configuration has besides; credentials are in the folder `credentials`.
    ///   - descriptorsMax: how many files the daemon may have open.
    ///   - workflows: the folder of the workflows, by default the project's.
    init(
        payment options: [String] = [], daemon more: [String] = [], paymentSocket: String = "p.sock",
        paymentFailures: Int = 5, descriptorsMax: Int? = nil,
        configuration further: (TemporaryFolder) throws -> String = { _ in "" },
        workflows: (TemporaryFolder) throws -> String = { _ in Programs.root() + "/workflows/reservation.yaml" }
    ) async throws {
        folder = try TemporaryFolder()
        // The breaker closes soon again: here participants come back within milliseconds.
        let configuration = """
            participants:
              payment:
                url: unix:\(folder.file(paymentSocket))
                breaker: { failures: \(paymentFailures), within: 30s, cooldown: 300ms }
              reservation:
                url: unix:\(folder.file("r.sock"))
                breaker: { failures: \(paymentFailures), within: 30s, cooldown: 300ms }
            \(try further(folder))
            """
        try configuration.write(toFile: folder.file("yogiyogid.yaml"), atomically: true, encoding: .utf8)
        let credentials =
            FileManager.default.fileExists(atPath: folder.file("credentials"))
            ? ["--credentials-dir", folder.file("credentials")] : []
        payment = try await RunningProgram(
            "yogi-payment",
            ["--listen", "unix:\(folder.file("p.sock"))", "--database", folder.file("payment.db")] + options, in: folder
        )
        reservation = try await RunningProgram(
            "yogi-reservation",
            ["--listen", "unix:\(folder.file("r.sock"))", "--database", folder.file("reservation.db")], in: folder)
        daemon = try await RunningProgram(
            "yogiyogid",
            [
                "--config", folder.file("yogiyogid.yaml"), "--state-dir", folder.file("state"), "--socket",
                folder.file("y.sock"), "--workflows", try workflows(folder),
            ] + credentials + more, in: folder, descriptorsMax: descriptorsMax)
    }

    /// A client, which the caller shuts down.
    func client() -> ControlClient { ControlClient(socketPath: socket, timeout: HangLimit.milliseconds) }

    /// `GET` on a participant.
    func ask(_ socket: String, _ path: String) async throws -> Value {
        let answer = try await Child.run(
            "/usr/bin/curl",
            [
                "-fsS", "--max-time", "\(HangLimit.seconds)", "--unix-socket", folder.file(socket),
                "http://localhost\(path)",
            ])
        guard answer.status == 0 else { throw ProgramFailure("curl: \(answer.errors)") }
        return try JSON.parse([UInt8](answer.output.utf8))
    }
}
