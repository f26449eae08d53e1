import Logging
import OperatorLog
import SagaStore
public import ServiceLifecycle

/// Work on the whole store that is done in small steps between the inputs of sagas, until there is none: what was begun is in the store,
/// and the next process goes on with it.
public struct SmallSteps: Service {
    private let engine: Engine
    /// One for each time that there is work.
    private let begun: AsyncStream<Void>
    /// What a step that cannot be made is told by.
    private let trouble: Logger.Message
    /// - Returns: how many rows were looked at; `nil` when nothing is left.
    private let step: @Sendable (Engine) async throws(EngineError) -> Int?
    /// Told once nothing is left.
    private let ended: @Sendable (Engine, _ rows: Int) -> Void

    /// Between two steps: at some 3 ms a step, sagas keep nine tenths of the writer.
    private static let pause = Duration.milliseconds(30)
    /// After a step that could not be made.
    private static let pauseInTrouble = Duration.seconds(5)

    /// Replaces older seals after ``Engine/rekey(_:wrapsOnly:reason:by:)``.
    public static func seals(of engine: Engine) -> SmallSteps {
        SmallSteps(
            engine: engine, begun: engine.resealings, trouble: "seals are not replaced for now",
            step: { engine throws(EngineError) in try await engine.resealSome() },
            ended: { engine, rows in if rows > 0 { engine.logger.tell(.storeSealed, ["ROWS": "\(rows)"]) } })
    }

    /// Writes rows of views anew after ``Engine/rebuild(view:by:)``.
    public static func views(of engine: Engine) -> SmallSteps {
        SmallSteps(
            engine: engine, begun: engine.rebuildings, trouble: "a view is not rebuilt for now",
            step: { engine throws(EngineError) in try await engine.rebuildSome() }, ended: { _, _ in })
    }

    /// Runs until the graceful shutdown.
    public func run() async throws {
        try? await cancelWhenGracefulShutdown {
            for await _ in begun { try await work() }
        }
    }

    private func work() async throws {
        var rows = 0
        while true {
            var pause = Self.pause
            // Whoever looks at a daemon that is paused finds the file as it was.
            if engine.isPaused {
                pause = Self.pauseInTrouble
            } else {
                do throws(EngineError) {
                    guard let count = try await step(engine) else { return ended(engine, rows) }
                    rows += count
                } catch {
                    if case .stopping = error { return }
                    engine.logger.warning(trouble, metadata: ["error": "\(error)"])
                    pause = Self.pauseInTrouble
                }
            }
            try await Task.sleep(for: pause)
        }
    }
}
