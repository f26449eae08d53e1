import Dispatch
public import SagaStore
import Synchronization

extension Engine {
    /// A copy of the store as of one commit, made beside the loop, which goes on meanwhile. One at a time, as each takes the room of a
    /// second store.
    /// - Throws: ``EngineError``, of which ``EngineError/backingUp`` while another one is made.
    public func backup() async throws(EngineError) -> StoreBackup {
        guard !isBackingUp.exchange(true, ordering: .acquiringAndReleasing) else { throw .backingUp }
        defer { isBackingUp.store(false, ordering: .releasing) }
        let result: Result<StoreBackup, EngineError> = await withCheckedContinuation { continuation in
            // It blocks for as long as the disk takes: not a thread that tasks run on.
            DispatchQueue.global(qos: .utility).async { [store] in
                do throws(StoreError) {
                    continuation.resume(returning: .success(try store.backup()))
                } catch {
                    continuation.resume(returning: .failure(EngineError(error)))
                }
            }
        }
        return try result.get()
    }

    /// Where the store stands.
    public var storePath: String { store.path }
}
