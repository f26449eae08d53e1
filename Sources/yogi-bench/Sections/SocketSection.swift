import ControlClient
import Foundation

/// (c) The same saga through the socket of the built daemon, the payment being an HTTP participant that answers at once.
struct SocketSection {
    let place: BenchFolder
    let load: Load

    func measure() async throws -> (runs: [Report.Run], stored: Report.Stored) {
        let folder = try place.folder("bench-workflows")
        try BenchWorkflow.text.write(toFile: folder + "/bench.yaml", atomically: true, encoding: .utf8)
        let payment = try Program("yogi-bench", ["participant", "--listen", place.file("p.sock")], in: place)
        let daemon = try Program(
            "yogiyogid",
            [
                "--state-dir", place.file("socket"), "--socket", place.file("c.sock"), "--workflows", folder,
                "--participant", "payment=unix:\(place.file("p.sock"))",
            ], in: place)
        var drive = SocketDrive(
            section: .socket, socket: place.file("c.sock"), workflow: BenchWorkflow.name, input: BenchWorkflow.input,
            processes: [("daemon", daemon.pid), ("client", 0), ("participants", payment.pid)])
        var (runs, carried) = try await drive.run(load)
        drive.asksAgain = false
        let (more, alsoCarried) = try await drive.run(load)
        runs += more
        carried += alsoCarried
        try daemon.stop()
        try payment.stop()
        return (
            runs,
            Report.Stored(
                "bench, ended", sagas: carried, bytes: try SQLiteConnection.bytes(path: place.file("socket/sagas.db")),
                aim: Aims.endedBytes)
        )
    }
}
