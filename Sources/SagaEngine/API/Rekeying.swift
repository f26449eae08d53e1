public import Logging
import OperatorLog
public import SagaCore
public import SagaStore
public import ServiceLifecycle

extension Engine {
    /// Renews the store's keys: what wraps its data key at once, and the data key for all that is written from now on. Older seals are
    /// then replaced by ``Resealer``. The log says who and why, as no saga's history does.
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

/// Replaces older seals of the store in small steps, between the inputs of sagas, until there are none.
public struct Resealer: Service {
    private let engine: Engine
    /// Milliseconds between two steps: at 128 rows in some 3 ms, sagas keep more than nine tenths of the writer.
    private static let pause = Duration.milliseconds(30)
    /// After a step that could not be written.
    private static let pauseInTrouble = Duration.seconds(5)

    /// One for the engine of a store.
    public init(engine: Engine) {
        self.engine = engine
    }

    /// Runs until the graceful shutdown; the next process goes on where this one ends.
    public func run() async throws {
        try? await cancelWhenGracefulShutdown {
            for await _ in engine.resealings { try await reseal() }
        }
    }

    private func reseal() async throws {
        var rows = 0
        while true {
            // Whoever looks at a daemon that is paused finds the file as it was.
            if engine.isPaused {
                try await Task.sleep(for: Self.pauseInTrouble)
                continue
            }
            do throws(EngineError) {
                let step = try await engine.upkeep { store throws(StoreError) in try store.reseal() }
                rows += step.rows
                if step.isDone { break }
                for row in step.damaged {
                    engine.logger.tell(.sealBroken, ["HISTORY_ROW": "\(row)"])
                }
            } catch {
                if case .stopping = error { return }
                engine.logger.warning("seals are not replaced for now", metadata: ["error": "\(error)"])
                try await Task.sleep(for: Self.pauseInTrouble)
            }
            try await Task.sleep(for: Self.pause)
        }
        if rows > 0 { engine.logger.tell(.storeSealed, ["ROWS": "\(rows)"]) }
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
