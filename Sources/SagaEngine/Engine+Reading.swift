import Foundation
import SagaStore

/// What waits for a disk or takes long is done neither on the threads that tasks run on, which are few, nor on those of connections and
/// calls: a long list must not keep a call from leaving, nor a disk that hangs the watchdog from saying so (decision 0010).
extension Engine {
    /// Reads a snapshot, on a thread for that.
    /// - Parameter isUrgent: before all that waits, and also when much does: for what operators look at first.
    func read<T: Sendable>(
        isUrgent: Bool = false, _ body: @escaping @Sendable (borrowing ReadTransaction) throws -> T
    ) async throws(EngineError) -> T {
        try await replied { told in
            let isTaken = readers.run(isUrgent: isUrgent) { [store] in
                told(Result { () throws(EngineError) in try store.reading(body) })
            }
            if !isTaken { told(.failure(.busy(inboxMax: Readers.waitingMax))) }
        }.get()
    }

    /// Reads by itself, on a thread for that.
    func onReader<T: Sendable>(
        isUrgent: Bool = false, _ work: @escaping @Sendable (SagaStore) throws(StoreError) -> T
    ) async throws(EngineError) -> T {
        try await replied { told in
            let isTaken = readers.run(isUrgent: isUrgent) { [store] in told(Self.outcome(work, store)) }
            if !isTaken { told(.failure(.busy(inboxMax: Readers.waitingMax))) }
        }.get()
    }

    /// Makes something of what was read or done, on a thread for that: for what takes longer than an event loop may be held. Nothing is
    /// refused for it, as what it tells of may be committed: when too much waits already, it is made where it was asked for.
    public func aside<T: Sendable>(_ make: @escaping @Sendable () -> T) async -> T {
        let made: T? = await withCheckedContinuation { continuation in
            let isTaken = readers.run { continuation.resume(returning: make()) }
            if !isTaken { continuation.resume(returning: nil) }
        }
        return made ?? make()
    }

    /// Does what may take minutes, on a thread that ends with it.
    func onThread<T: Sendable>(
        _ work: @escaping @Sendable (SagaStore) throws(StoreError) -> T
    ) async throws(EngineError) -> T {
        try await replied { told in
            Thread.detachNewThread { [store] in told(Self.outcome(work, store)) }
        }.get()
    }

    /// What is told to the port that it gives: by the loop, or by a thread.
    func replied<T: Sendable>(_ begin: (@escaping Port<T>) -> Void) async -> Result<T, EngineError> {
        await withCheckedContinuation { continuation in
            begin { continuation.resume(returning: $0) }
        }
    }

    private static func outcome<T>(
        _ work: (SagaStore) throws(StoreError) -> T, _ store: SagaStore
    ) -> Result<T, EngineError> {
        do throws(StoreError) {
            return .success(try work(store))
        } catch {
            return .failure(EngineError(error))
        }
    }
}
