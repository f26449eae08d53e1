public import Logging
import OperatorLog
public import SagaCore
public import SagaStore

extension Engine {
    /// Renews the store's keys: what wraps its data key at once, and the data key for all that is written from now on. Older seals are
    /// then replaced by ``SmallSteps/seals(of:)``. The log says who and why, as no saga's history does.
    /// - Parameters:
    ///   - keys: where the new master key is.
    ///   - wrapsOnly: leave the data key as it is.
    ///   - reason: why; blank is ``EngineError/reasonMissing``.
    /// - Throws: ``EngineError``.
    public func rekey(
        _ keys: StoreKeys, wrapsOnly: Bool = false, reason: String, by actor: Actor? = nil
    ) async throws(EngineError) -> Rekeyed {
        let reason = try OperateCommand.checked(reason)
        let renewed = try await upkeep { store throws(StoreError) in try store.rekey(keys, wrapsOnly: wrapsOnly) }
        var fields: Logger.Metadata = [
            "REASON": "\(reason)", "MASTER_KEY": "\(renewed.status.master)", "KEY_ORIGIN": "\(renewed.status.origin)",
            "DATA_KEY": "\(renewed.status.dataKey)",
        ]
        if let actor { fields["ACTOR_UID"] = "\(actor.uid)" }
        logger.tell(.storeKeyChanged, fields)
        sealing.yield()
        return renewed
    }

    /// Does something to the store on the thread that writes, between two commits.
    func upkeep<T: Sendable>(
        _ work: @escaping @Sendable (SagaStore) throws(StoreError) -> T
    ) async throws(EngineError) -> T {
        try await send { .upkeep(Upkeep(work, $0)) }
    }
}

extension Engine {
    /// Replaces some older seals of the store, behind what waits already.
    /// - Returns: how many; `nil` when there are none.
    func resealSome() async throws(EngineError) -> Int? {
        let step = try await upkeep { store throws(StoreError) in try store.reseal() }
        if step.isDone { return nil }
        for row in step.damaged { logger.tell(.sealBroken, ["HISTORY_ROW": "\(row)"]) }
        return step.rows
    }
}

extension Logger {
    /// What opening a store did about its keys.
    public func tell(_ note: KeyNote) {
        switch note {
        case .madeFile(let path): tell(.storeKeyMade, ["KEY_FILE": "\(path)"])
        case .wrappedAnew(let from, let to, let origin):
            tell(
                .storeKeyChanged,
                [
                    "REASON": "another key than before", "MASTER_KEY_BEFORE": "\(from)", "MASTER_KEY": "\(to)",
                    "KEY_ORIGIN": "\(origin)",
                ])
        }
    }
}
