import CEL
import SagaCore
import SagaStore

extension Engine {
    /// Hands a signal to the live saga of a key, or keeps it for the one that will be started with it.
    /// - Throws: ``EngineError``.
    public func signal(_ keyed: KeyedSignal) async throws(EngineError) -> KeyedReply {
        try refusePaused()
        return try await send(.early(keyed))
    }

    /// The signals of that name that wait for the saga of a key, the oldest first.
    /// - Throws: ``EngineError``.
    public func keptSignals(
        workflow: String, key: String, name: String
    ) async throws(EngineError) -> [KeptSignal] {
        _ = try workflowSet.find(workflow, version: nil)
        let kept = try await read { try $0.earlySignals(workflow: workflow, key: key, name: name) }
        return kept.map { kept in
            let data = kept.data.isEmpty ? nil : try? JSON.parse(kept.data, depthMax: 256)
            return KeptSignal(id: kept.id, data: data ?? .null, at: kept.at, until: kept.until)
        }
    }
}
