import Logging
import OperatorLog
import SagaStore

extension Engine {
    /// One step of the first rebuild that is under way, behind what waits already.
    /// - Returns: how many sagas were looked at; `nil` when there is none.
    func rebuildSome() async throws(EngineError) -> Int? {
        let set = workflowSet
        let found: ViewStep? = try await read { reading throws in
            guard let view = try reading.views().first(where: { $0.rebuild != nil }) else { return nil }
            return try ViewStep(of: view, in: set, reading)
        }
        guard let step = found else { return nil }
        let outcome = try await send { .rebuild(step, $0) }
        if case .done(let sagas) = outcome {
            logger.tell(.viewRebuilt, ["VIEW": "\(step.view.name)", "SAGAS": "\(sagas)"])
        }
        return Int(step.looked)
    }
}
