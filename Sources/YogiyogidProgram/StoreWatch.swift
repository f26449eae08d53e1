import Foundation
import Logging
import OperatorLog
import SagaEngine
import SagaStore
import ServiceLifecycle

/// Sees whether the store is still there and takes writes while nobody else asks; and looks through it for damage beside its work, when
/// the start had no time for it or no reason to: a disk that rots leaves no other sign. That once a start.
struct StoreWatch: Service {
    let store: SagaStore
    let engine: Engine
    let logger: Logger

    /// From one look to the next: a minute of work that is lost is better than an hour, and a look costs some stat(2).
    private static let interval = Duration.seconds(1)

    /// A reader this long keeps the write-ahead log from being reused; a store that takes longer is looked through in part.
    private static let limit = Duration.seconds(60)

    func run() async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await lookThrough() }
            try? await cancelWhenGracefulShutdown {
                while true {
                    try await Task.sleep(for: Self.interval)
                    // One at a time, behind what waits: a disk that hangs gathers none.
                    _ = await engine.probe()
                }
            }
            try await group.waitForAll()
        }
    }

    private func lookThrough() async throws {
        guard !store.isChecked else { return try await gracefulShutdown() }
        let (outcome, sink) = AsyncStream.makeStream(of: Void.self)
        // It blocks: not a thread that tasks run on.
        Thread.detachNewThread {
            do throws(StoreError) {
                _ = try store.check(limit: Self.limit)
            } catch {
                if error.code == .corrupt { logger.tell(.storeCorrupt, ["error": "\(error.message)"]) }
            }
            sink.finish()
        }
        for await _ in outcome.cancelOnGracefulShutdown() {}
        try await gracefulShutdown()
    }
}
