import Foundation

/// (d) The hotel's own workflow with both reference participants, each with its own database on the same disk.
struct ReservationSection {
    let place: BenchFolder
    let load: Load
    let workflows: String

    func measure() async throws -> (runs: [Report.Run], stored: Report.Stored) {
        let participants = try [("yogi-payment", "payment"), ("yogi-reservation", "reservation")].map { program, name in
            try Program(
                program, ["--listen", "unix:\(place.file("\(name).sock"))", "--database", place.file("\(name).db")],
                in: place)
        }
        let daemon = try Program(
            "yogiyogid",
            [
                "--state-dir", place.file("hotel"), "--socket", place.file("d.sock"), "--workflows", workflows,
                "--participant", "payment=unix:\(place.file("payment.sock"))",
                "--participant", "reservation=unix:\(place.file("reservation.sock"))",
            ], in: place)
        let drive = SocketDrive(
            section: .reservation, socket: place.file("d.sock"), workflow: Reservation.name, input: Reservation.input,
            processes: [("daemon", daemon.pid), ("client", 0)] + participants.map { ("participants", $0.pid) })
        let (runs, carried) = try await drive.run(load)
        try daemon.stop()
        for participant in participants { try participant.stop() }
        return (
            runs,
            Report.Stored(
                "reservation, ended", sagas: carried,
                bytes: try SQLiteConnection.bytes(path: place.file("hotel/sagas.db")), aim: Aims.endedBytes)
        )
    }
}
