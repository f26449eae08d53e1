import Foundation

/// (f) A payment of 400 to 620 ms, as the system had that this one replaces, and many guests at once: what waiting costs.
struct SlowSection {
    let place: BenchFolder
    let seconds: Double
    let guests: Int

    func measure() async throws -> [Report.Run] {
        let folder = try place.folder("bench-workflows")
        try BenchWorkflow.text.write(toFile: folder + "/bench.yaml", atomically: true, encoding: .utf8)
        let configuration = place.file("slow.yaml")
        try """
        participants:
          payment: { url: "unix:\(place.file("slow.sock"))", concurrency: \(guests) }

        """.write(toFile: configuration, atomically: true, encoding: .utf8)
        let payment = try Program(
            "yogi-bench",
            ["participant", "--listen", place.file("slow.sock"), "--latency-min", "400", "--latency-max", "620"],
            in: place)
        let daemon = try Program(
            "yogiyogid",
            [
                "--config", configuration, "--state-dir", place.file("slow"), "--socket", place.file("f.sock"),
                "--workflows", folder,
            ], in: place)
        let drive = SocketDrive(
            section: .slow, socket: place.file("f.sock"), workflow: BenchWorkflow.name, input: BenchWorkflow.input,
            processes: [("daemon", daemon.pid), ("client", 0), ("participants", payment.pid)])
        // Some rounds of every guest, however short the other measurements are.
        let (runs, _) = try await drive.run(Load(clients: [1, guests], seconds: max(seconds, 4)))
        try daemon.stop()
        try payment.stop()
        return runs
    }
}
