import Basics
import Foundation

/// (h) A store of very many ended sagas beside an empty one: what age costs.
struct GrowthSection {
    let place: BenchFolder
    let seconds: Double
    let ended: Int

    private static let clients = 10
    /// Lists that are asked for, of which the middle one counts.
    private static let lists = 51

    func measure() async throws -> [Report.Growth] {
        let folder = try place.folder("bench-workflows")
        try BenchWorkflow.text.write(toFile: folder + "/bench.yaml", atomically: true, encoding: .utf8)
        _ = try place.folder("old")
        Bench.say("    \(ended) ended sagas")
        try await fill()
        return [try await measure("young", ended: 0, folder), try await measure("old", ended: ended, folder)]
    }

    private func measure(_ state: String, ended: Int, _ folder: String) async throws -> Report.Growth {
        let payment = try Program("yogi-bench", ["participant", "--listen", place.file("h.p")], in: place)
        let daemon = try Program(
            "yogiyogid",
            [
                "--state-dir", place.file(state), "--socket", place.file("h.sock"), "--workflows", folder,
                "--participant", "payment=unix:\(place.file("h.p"))",
            ], in: place)
        let drive = SocketDrive(
            section: .growth, socket: place.file("h.sock"), workflow: BenchWorkflow.name, input: BenchWorkflow.input,
            processes: [("daemon", daemon.pid), ("client", 0), ("participants", payment.pid)])
        let (runs, _) = try await drive.run(Load(clients: [Self.clients], seconds: seconds))
        let growth = Report.Growth(
            ended: ended, clients: Self.clients, sagasPerSecond: runs[0].sagasPerSecond,
            daemonMicroseconds: runs[0].cpuPerSaga["daemon"] ?? 0,
            newest: try milliseconds(of: "/v1/sagas?limit=50"), stuck: try milliseconds(of: "/v1/sagas?status=stuck"),
            readyMilliseconds: daemon.readyAfter)
        try daemon.stop()
        try payment.stop()
        return growth
    }

    /// The middle time of a request.
    private func milliseconds(of path: String) throws -> Double {
        var wire = try Wire(connectingTo: place.file("h.sock"))
        defer { wire.hangUp() }
        let request = Array("GET \(path) HTTP/1.1\r\nHost: localhost\r\n\r\n".utf8)
        let times = try (0..<Self.lists).map { _ in
            let began = MonotonicTime.nanoseconds
            try wire.send(request)
            while true {
                guard wire.fill() else { throw BenchFailure("the daemon has closed a connection") }
                guard let (line, body) = try wire.next() else { continue }
                guard line.dropFirst(9).first == 0x32 else {
                    throw BenchFailure("\(path): \(String(decoding: body.prefix(500), as: UTF8.self))")
                }
                return MonotonicTime.nanoseconds - began
            }
        }
        return Double(times.sorted()[Self.lists / 2]) / 1e6
    }

    private func fill() async throws {
        let (loaded, ended) = (try BenchWorkflow.loaded(), ended)
        try await InProcessEngine.with(store: place.file("old/sagas.db"), workflows: [loaded]) { engine in
            try await withThrowingDiscardingTaskGroup { group in
                let fillers = 256
                for filler in 0..<fillers {
                    group.addTask {
                        let guest = EngineGuest(engine: engine)
                        for number in stride(from: filler, to: ended, by: fillers) {
                            _ = try await guest.carry(Visit(run: "old", client: filler, number: number))
                        }
                    }
                }
            }
        }
    }
}
