import CEL
import Logging
import SagaCore
import SagaEngine
import SagaStore

/// An engine on a store, without socket and processes; its participants answer at once.
struct InProcessEngine {
    /// Runs the engine for as long as `body` runs, then closes the store.
    static func with<Result: Sendable>(
        store path: String, workflows: [LoadedWorkflow], _ body: @Sendable @escaping (Engine) async throws -> Result
    ) async throws -> Result {
        let store = try SagaStore.open(at: path)
        defer { store.close() }
        let engine = try Engine(
            store: store, workflows: workflows, transport: InstantTransport(),
            logger: Logger(label: "bench") { _ in SwiftLogNoOpLogHandler() })
        return try await withThrowingTaskGroup(of: Result?.self) { group in
            group.addTask {
                try await engine.run()
                return nil
            }
            group.addTask { try await body(engine) }
            // The engine ends first only by failing.
            guard let result = try await group.next(), let result else { throw BenchFailure("the engine ended") }
            group.cancelAll()
            while try await group.next() != nil {}
            return result
        }
    }
}

/// Participants that do nothing and say at once that it is done.
struct InstantTransport: Transport {
    /// What the reference participant answers to a hold and an acceptance, in as many bytes.
    private static let reservation = Array(
        #"{"reservationId":"res-12345","room":"waiting-65-833","checkIn":"2027-01-15","nights":2,"status":"accepted"}"#
            .utf8)

    func carry(_ call: Call) async -> Carried {
        let answer = call.operation.participant == "payment" ? LeanPayment.answer : Self.reservation
        return Carried(.succeeded(result: Document(bytes: answer)))
    }

    func lane(of participant: String) -> LaneSettings { LaneSettings(concurrency: 64) }
}
