import Logging
import OperatorLog
import SagaStore
public import ServiceLifecycle

/// Writes rows of views anew whose definitions were changed: in small steps between the inputs of sagas, until they are done. What was
/// begun by ``Engine/rebuild(view:by:)`` is in the store, and the next process goes on with it.
public struct ViewRebuilder: Service {
    private let engine: Engine
    /// Between two steps: at 32 rows in some 3 ms, sagas keep nine tenths of the writer.
    private static let pause = Duration.milliseconds(30)
    /// After a step that could not be made.
    private static let pauseInTrouble = Duration.seconds(5)

    /// One for the engine of a store.
    public init(engine: Engine) {
        self.engine = engine
    }

    /// Runs until the graceful shutdown.
    public func run() async throws {
        try? await cancelWhenGracefulShutdown {
            for await _ in engine.rebuildings { try await rebuild() }
        }
    }

    private func rebuild() async throws {
        while true {
            var pause = Self.pause
            // Whoever looks at a daemon that is paused finds the file as it was.
            if engine.isPaused {
                pause = Self.pauseInTrouble
            } else {
                do throws(EngineError) {
                    guard try await engine.rebuildSome() else { return }
                } catch {
                    if case .stopping = error { return }
                    engine.logger.warning("a view is not rebuilt for now", metadata: ["error": "\(error)"])
                    pause = Self.pauseInTrouble
                }
            }
            try await Task.sleep(for: pause)
        }
    }
}

extension Engine {
    /// One step of the first rebuild that is under way, behind what waits already.
    /// - Returns: `false` when there is none.
    func rebuildSome() async throws(EngineError) -> Bool {
        let set = workflowSet
        let found: ViewStep? = try await read { reading throws in
            guard let view = try reading.views().first(where: { $0.rebuild != nil }) else { return nil }
            return try ViewStep(of: view, in: set, reading)
        }
        guard let step = found else { return false }
        let outcome = try await send { .rebuild(step, $0) }
        if case .done(let sagas) = outcome {
            logger.tell(.viewRebuilt, ["VIEW": "\(step.view.name)", "SAGAS": "\(sagas)"])
        }
        return true
    }
}
