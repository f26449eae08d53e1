import CEL
import Foundation
import SagaCore
import SagaEngine
import SagaStore

/// The rows that the engine wrote for one saga of the benchmark, for bare SQLite to write again.
struct RecordedSaga {
    var id: SagaID
    var workflow: Int64
    /// One for each input: started, paid, confirmed.
    var transitions: [Transition]

    struct Transition {
        var records: [UInt8]
        var at: Int64
        var status: UInt8
        var state: String
        var due: Int64?
    }

    /// Runs one saga through the engine, on a store that is left at `path`.
    static func record(at path: String) async throws -> RecordedSaga {
        let loaded = try BenchWorkflow.loaded()
        _ = try await InProcessEngine.with(store: path, workflows: [loaded]) { engine in
            try await EngineGuest(engine: engine).carry(Visit(run: "recorded", client: 1, number: 1))
        }
        let store = try SagaStore.open(at: path)
        defer { store.close() }
        return try store.read { reading in
            guard let row = try reading.saga(number: try reading.lastNumber()) else {
                throw BenchFailure("the engine wrote no saga")
            }
            var history: [(at: Instant, record: Record)] = []
            var transitions: [Transition] = []
            for stored in try reading.history(of: row) {
                history += stored.records.map { (at: stored.at, record: $0) }
                let saga = try Saga.fold(history)
                transitions.append(
                    Transition(
                        records: RecordCodec.bytes(stored.records), at: stored.at.milliseconds,
                        status: saga.status.rawValue, state: saga.state, due: SagaRow.due(of: saga)))
            }
            return RecordedSaga(id: row.id, workflow: row.workflow, transitions: transitions)
        }
    }
}
