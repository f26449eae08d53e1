import GRDB
import Synchronization

/// Commits the writes that wait together in one transaction, so that one fsync serves them all.
///
/// The first write that finds nobody writing starts a turn on GRDB's writer queue; those that come meanwhile wait for the next turn.
/// Nobody is answered before the commit that holds its write. GRDB's own `await pool.write` is not used: it interrupts the
/// transaction when the calling task is cancelled, which would take the others' writes with it.
final class GroupCommit: Sendable {
    /// Writes that may wait; beyond it ``Problem/busy(limit:)``. Far above what connections bring, so it bounds memory alone.
    static let waitingMax = 20_000
    /// Writes in one commit: past this, the fsync is a small part of the cost (platform.md) and waiting gets long.
    static let batchMax = 512

    private struct Job: Sendable {
        /// Runs in the batch's transaction; what it returns is called after the commit, with what made that fail.
        let run: @Sendable (Database) -> @Sendable (Problem?) -> Void
        /// Called instead when it could not be run.
        let fail: @Sendable (Problem) -> Void
    }

    private struct Queue: ~Copyable {
        var jobs: [Job] = []
        var turnIsTaken = false
    }

    private let pool: DatabasePool
    private let queue = Mutex(Queue())

    init(_ pool: DatabasePool) {
        self.pool = pool
    }

    /// Runs `work` in a savepoint of the next transaction and returns its result once that is durable.
    ///
    /// - Throws: what `work` threw, its writes undone; ``Problem`` 503 when the storage failed, 429 when too many wait.
    func write<Result: Sendable>(_ work: @escaping @Sendable (Database) throws -> Result) async throws -> Result {
        try await withCheckedThrowingContinuation { continuation in
            let job = Job(
                run: { db in
                    let result = Swift.Result { try Self.inSavepoint(db, work) }
                    return { failure in
                        if let failure {
                            continuation.resume(throwing: failure)
                        } else {
                            continuation.resume(
                                with: result.mapError { $0 is DatabaseError ? Problem.storage($0) : $0 })
                        }
                    }
                },
                fail: { continuation.resume(throwing: $0) })
            switch enqueue(job) {
            case .waits: break
            case .takesTurn: pool.asyncWriteWithoutTransaction { db in self.turn(db) }
            case .isTooMany: continuation.resume(throwing: Problem.busy(limit: Self.waitingMax))
            }
        }
    }

    private enum Seat { case waits, takesTurn, isTooMany }

    private func enqueue(_ job: Job) -> Seat {
        queue.withLock { queue in
            guard queue.jobs.count < Self.waitingMax else { return .isTooMany }
            queue.jobs.append(job)
            defer { queue.turnIsTaken = true }
            return queue.turnIsTaken ? .waits : .takesTurn
        }
    }

    private func turn(_ db: Database) {
        while let batch = nextBatch() { commit(batch, db) }
    }

    /// What waits, oldest first; nil ends the turn.
    private func nextBatch() -> [Job]? {
        queue.withLock { queue in
            guard !queue.jobs.isEmpty else {
                queue.turnIsTaken = false
                return nil
            }
            guard queue.jobs.count > Self.batchMax else {
                defer { queue.jobs = [] }
                return queue.jobs
            }
            defer { queue.jobs.removeFirst(Self.batchMax) }
            return Array(queue.jobs.prefix(Self.batchMax))
        }
    }

    private func commit(_ batch: [Job], _ db: Database) {
        var replies: [@Sendable (Problem?) -> Void] = []
        var failure: (any Error)?
        var isCommitting = false
        do {
            try db.inTransaction(.immediate) {
                for job in batch {
                    replies.append(job.run(db))
                    // A full disk or an I/O error makes SQLite roll the whole transaction back, with the writes of those before.
                    guard db.isInsideTransaction else { throw DatabaseError(resultCode: .SQLITE_ABORT) }
                }
                isCommitting = true
                return .commit
            }
        } catch {
            failure = error
        }
        // What fails while it is synced may be on the disk nevertheless: nobody is told that nothing happened.
        let problem = failure.map { isCommitting ? Problem.uncertain($0) : Problem.storage($0) }
        for reply in replies { reply(problem) }
        guard let failure else { return }
        for job in batch.dropFirst(replies.count) { job.fail(Problem.storage(failure)) }
    }

    /// One failing write must not undo the others of its batch.
    private static func inSavepoint<Result>(
        _ db: Database, _ work: (Database) throws -> Result
    ) throws -> Result {
        try db.cachedStatement(sql: "SAVEPOINT job").execute()
        do {
            let result = try work(db)
            try db.cachedStatement(sql: "RELEASE job").execute()
            return result
        } catch {
            if db.isInsideTransaction {
                try db.cachedStatement(sql: "ROLLBACK TO job").execute()
                try db.cachedStatement(sql: "RELEASE job").execute()
            }
            throw error
        }
    }
}
