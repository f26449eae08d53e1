import Basics
import ControlAPI
import ControlClient
import Foundation

/// (g) A participant that is down while guests come, and comes back: what waits for it costs, and how soon it is through.
struct OutageSection {
    let place: BenchFolder
    let seconds: Double
    let guests: Int

    func measure() async throws -> Report.Outage {
        let folder = try place.folder("bench-workflows")
        try BenchWorkflow.text.write(toFile: folder + "/bench.yaml", atomically: true, encoding: .utf8)
        let path = place.file("g.p")
        let daemon = try Program(
            "yogiyogid",
            [
                "--state-dir", place.file("outage"), "--socket", place.file("g.sock"), "--workflows", folder,
                "--participant", "payment=unix:\(path)",
            ], in: place)
        let guests = self.guests
        let outage = try await ControlClient.with(socketPath: place.file("g.sock")) { client in
            var ids: [String] = []
            for number in 1...guests {
                let visit = Visit(run: "outage", client: number, number: 1)
                ids.append(try await client.start(BenchWorkflow.name, input: BenchWorkflow.input(visit)).saga.id)
            }
            // The first tries are over and the breaker is open: what is measured is the outage.
            try await Task.sleep(for: .seconds(2))
            let before = (try await client.status(), ProcessFacts.cpu(of: daemon.pid), MonotonicTime.nanoseconds)
            try await Task.sleep(for: .seconds(max(seconds, 4)))
            let after = (try await client.status(), ProcessFacts.cpu(of: daemon.pid), MonotonicTime.nanoseconds)
            let elapsed = Double(after.2 - before.2) / 1e9
            let payment = try Program("yogi-bench", ["participant", "--listen", path], in: place)
            let back = MonotonicTime.nanoseconds
            for id in ids {
                let saga = try await client.show(id, wait: Wait("Reserved", milliseconds: 120_000))
                guard saga.state == "Reserved" else {
                    throw BenchFailure("saga \(id) is \(saga.status) in '\(saga.state)' after the outage")
                }
            }
            let through = Double(MonotonicTime.nanoseconds - back) / 1e9
            let length = try await client.history(ids[guests / 2], limit: 1_000).entries.count
            try payment.stop()
            return Report.Outage(
                guests: guests, seconds: elapsed,
                commitsPerSecond: Double(after.0.commits - before.0.commits) / elapsed,
                cpuPart: Double(after.1 - before.1) / 1e6 / elapsed, recordsPerSaga: length,
                secondsUntilThrough: through)
        }
        try daemon.stop()
        return outage
    }
}
