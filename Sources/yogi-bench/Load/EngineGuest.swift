import Basics
import CEL
import SagaCore
import SagaEngine

/// A client within the engine's process.
struct EngineGuest: Guest {
    let engine: Engine

    func carry(_ visit: Visit) async throws -> SagaTimes {
        let began = MonotonicTime.nanoseconds
        let command = StartCommand(workflow: BenchWorkflow.name, input: BenchWorkflow.input(visit))
        let reference = SagaReference(try await engine.start(command).saga.id)
        let answered = MonotonicTime.nanoseconds
        _ = try await engine.look(reference, wait: Wait(goal: .state("Reserved"), timeout: 30_000))
        let reply = try await engine.signal(
            reference, SignalSent(name: "confirm"), wait: Wait(goal: .ended, timeout: 30_000))
        guard reply.saga.status == .succeeded else {
            throw BenchFailure("saga \(reply.saga.id) is \(reply.saga.status.name) in '\(reply.saga.state)'")
        }
        return SagaTimes(began: began, answered: answered, ended: MonotonicTime.nanoseconds)
    }
}
