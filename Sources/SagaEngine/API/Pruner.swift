import SagaStore
public import ServiceLifecycle

/// Keeps to a retention: takes away in small steps what is over, while nobody else needs the writer, again and again.
public struct Pruner: Service {
    private let engine: Engine
    private let retention: Retention
    /// Between two steps: at 32 sagas in some 3 ms, others keep nine tenths of the writer.
    private static let pause = Duration.milliseconds(30)
    /// Between two times that all sagas are looked at.
    private static let rest = Duration.seconds(600)

    /// One for the engine of a store.
    public init(engine: Engine, retention: Retention) {
        self.engine = engine
        self.retention = retention
    }

    /// Runs until the graceful shutdown.
    public func run() async throws {
        guard retention != Retention() else { return try await gracefulShutdown() }
        try? await cancelWhenGracefulShutdown {
            while true {
                try await pass()
                try await Task.sleep(for: Self.rest)
            }
        }
    }

    /// Looks at every saga that may be over, once.
    private func pass() async throws {
        var after: Int64? = 0
        while let next = after {
            try await Task.sleep(for: Self.pause)
            // Whoever looks at a daemon that is paused finds it as it was; and those who wait go first.
            if engine.isPaused || engine.inbox.backlog > 0 { continue }
            do throws(EngineError) {
                after = try await engine.prune(retention, after: next).next
            } catch {
                // No room, or the end: the next pass does it.
                return
            }
        }
    }
}

extension Engine {
    /// One step of retention, behind what waits already.
    func prune(_ retention: Retention, after: Int64) async throws(EngineError) -> PruneStep {
        let result: Result<PruneStep, EngineError> = await withCheckedContinuation { continuation in
            let pruning = Order.Pruning(
                retention: retention, after: after, told: { continuation.resume(returning: $0) })
            let order = Order(
                ask: .prune(pruning),
                port: { if case .failure(let error) = $0 { continuation.resume(returning: .failure(error)) } })
            do throws(EngineError) {
                try inbox.push(order)
            } catch {
                continuation.resume(returning: .failure(error))
            }
        }
        return try result.get()
    }
}
