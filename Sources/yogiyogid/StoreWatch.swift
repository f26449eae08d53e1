import Foundation
import Logging
import OperatorLog
import SagaStore
import ServiceLifecycle

/// Looks through the store for damage beside its work, when the start had no time for it or no reason to: a disk that rots leaves no
/// other sign. Once a start.
struct StoreWatch: Service {
    let store: SagaStore
    let logger: Logger

    /// A reader this long keeps the write-ahead log from being reused; a store that takes longer is looked through in part.
    private static let limit = Duration.seconds(60)

    func run() async throws {
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
