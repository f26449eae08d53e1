public import SagaStore
import Synchronization

extension Engine {
    /// A copy of the store as of one commit, made beside the loop, which goes on meanwhile. One at a time, as each takes the room of a
    /// second store.
    /// - Throws: ``EngineError``, of which ``EngineError/backingUp`` while another one is made.
    public func backup() async throws(EngineError) -> StoreBackup {
        guard !isBackingUp.exchange(true, ordering: .acquiringAndReleasing) else { throw .backingUp }
        defer { isBackingUp.store(false, ordering: .releasing) }
        return try await onThread { store throws(StoreError) in try store.backup() }
    }

    /// Some bytes of a copy from a place on; none at the end.
    /// - Throws: ``EngineError``.
    public func bytes(
        of backup: StoreBackup, from offset: Int64, max: Int
    ) async throws(EngineError) -> [UInt8] {
        try await onReader { _ throws(StoreError) in try backup.read(from: offset, max: max) }
    }

    /// Where the store stands.
    public var storePath: String { store.path }
}
