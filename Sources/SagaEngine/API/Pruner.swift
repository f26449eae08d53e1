import SagaStore
public import ServiceLifecycle
import Synchronization

/// Keeps to a retention: takes away in small steps what is over, while nobody else needs the writer, again and again.
public final class Pruner: Service {
    private let engine: Engine
    private let retention: Mutex<Retention>
    private let (wakings, waking) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))
    /// Between two steps: at 32 sagas in some 3 ms, others keep nine tenths of the writer.
    private static let pause = Duration.milliseconds(30)
    /// From one time that all sagas are looked at to the next.
    private static let rest = Duration.seconds(600)

    /// One for the engine of a store.
    public init(engine: Engine, retention: Retention) {
        self.engine = engine
        self.retention = Mutex(retention)
    }

    /// Keeps to another retention from the next step on, and looks at all sagas by it soon. Never blocks.
    public func keep(to retention: Retention) {
        let isOther = self.retention.withLock { kept in
            defer { kept = retention }
            return kept != retention
        }
        if isOther { waking.yield() }
    }

    /// Runs until the graceful shutdown.
    public func run() async throws {
        try? await cancelWhenGracefulShutdown { [self] in
            try await withThrowingTaskGroup(of: Void.self) { group in
                group.addTask { [waking] in
                    while true {
                        waking.yield()
                        try await Task.sleep(for: Self.rest)
                    }
                }
                for await _ in wakings { try await pass() }
            }
        }
    }

    /// Looks at every saga that may be over, once.
    private func pass() async throws {
        var after: Int64? = 0
        while let next = after {
            let retention = retention.withLock { $0 }
            if retention == Retention() { return }
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
        try await send { .prune(retention, after: after, $0) }
    }
}
