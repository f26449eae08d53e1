import SagaCore
import SagaEngine
import WorkflowFile

/// (e) Many reservations that wait for the hotel: what they cost on disk and in memory, and how soon a daemon is ready with them.
struct WaitingSection {
    let place: BenchFolder
    let most: Int
    let workflows: String

    /// Starts of which the middle one counts.
    private static let starts = 3
    /// Sagas that are started at once while the store is filled.
    private static let fillers = 256

    func measure() async throws -> (starts: [Report.Start], stored: Report.Stored) {
        let loaded = try BenchWorkflow.loaded(WorkflowFile.load(path: workflows + "/reservation.yaml"))
        _ = try place.folder("waiting")
        var starts = [try start(sagas: 0)]
        var filled = 0
        for count in Set([min(10_000, most), most]).sorted() {
            Bench.say("    \(count) waiting")
            try await fill(from: filled, to: count, loaded)
            filled = count
            starts.append(try start(sagas: count))
        }
        let stored = Report.Stored(
            "reservation, waiting", sagas: most,
            bytes: try SQLiteConnection.bytes(path: place.file("waiting/sagas.db")), aim: Aims.waitingBytes)
        return (starts, stored)
    }

    /// Starts a daemon on the store some times.
    private func start(sagas: Int) throws -> Report.Start {
        var times: [Double] = []
        var resident = 0
        for _ in 0..<Self.starts {
            // Nobody calls them: a waiting saga has nothing in flight.
            let daemon = try Program(
                "yogiyogid",
                [
                    "--state-dir", place.file("waiting"), "--socket", place.file("e.sock"), "--workflows", workflows,
                    "--participant", "payment=unix:\(place.file("none.sock"))",
                    "--participant", "reservation=unix:\(place.file("none.sock"))",
                ], in: place)
            times.append(daemon.readyAfter)
            resident = max(resident, ProcessFacts.residentBytes(of: daemon.pid))
            try daemon.stop()
        }
        return Report.Start(sagas: sagas, readyMilliseconds: times.sorted()[times.count / 2], residentBytes: resident)
    }

    private func fill(from first: Int, to last: Int, _ loaded: LoadedWorkflow) async throws {
        guard last > first else { return }
        try await InProcessEngine.with(store: place.file("waiting/sagas.db"), workflows: [loaded]) { engine in
            try await withThrowingDiscardingTaskGroup { group in
                for filler in 0..<Self.fillers {
                    group.addTask {
                        for number in stride(from: first + filler, to: last, by: Self.fillers) {
                            let visit = Visit(run: "waiting", client: filler, number: number)
                            let command = StartCommand(workflow: Reservation.name, input: Reservation.input(visit))
                            let wait = Wait(goal: .settled, timeout: 60_000)
                            let saga = try await engine.start(command, wait: wait).saga
                            guard saga.state == "Reserved", saga.status == .waiting else {
                                throw BenchFailure("saga \(saga.id) is \(saga.status.name) in '\(saga.state)'")
                            }
                        }
                    }
                }
            }
        }
    }
}
