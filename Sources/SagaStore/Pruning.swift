internal import GRDB
public import SagaCore

/// What retention takes away, and the pages that are free then.
extension ReadTransaction {
    /// Ended sagas with numbers in (`after`, `below`), the oldest first; rows that do not read are left out.
    public func ended(after: Int64, below: Int64, limit: Int) throws -> [SagaRow] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(Self.columns) FROM saga WHERE number > ? AND number < ? AND due IS NULL ORDER BY number LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: [after, below, limit]).compactMap { try? Self.row($0) }
    }

    /// When a history row was written; `nil` when it is not there or does not say it.
    public func time(ofHistoryRow row: Int64) throws -> Instant? {
        try Row.fetchOne(db.cachedStatement(sql: "SELECT at FROM history WHERE row = ?"), arguments: [row])?.integer(0)
            .map(Instant.init(milliseconds:))
    }

    /// The newest row of all histories.
    public func lastHistoryRow() throws -> Int64 {
        try Int64.fetchOne(db.cachedStatement(sql: "SELECT max(row) FROM history")) ?? 0
    }
}

extension WriteTransaction {
    /// Takes a saga away as if it had never been. Never the newest of the store, nor the one with the newest history row: SQLite would
    /// give their numbers again (decision 0001).
    public func delete(_ saga: SagaRow, tags: [Tag]) throws {
        let history = try db.cachedStatement(sql: "DELETE FROM history WHERE row = ? AND saga = ? RETURNING previous")
        var next = saga.last
        while next != 0 {
            guard let previous = try Int64.fetchOne(history, arguments: [next, saga.id.number]) else {
                throw StoreError(.unreadable, "history row \(next) of saga \(saga.id) is missing or belongs to another")
            }
            next = previous
        }
        for tag in tags { try remove(tag: tag, from: saga.id) }
        try clearSuspect(saga: saga.id.number)
        try db.cachedStatement(sql: "DELETE FROM saga WHERE number = ?").execute(arguments: [saga.id.number])
    }

    /// Takes away some rows of the oldest job that ended before that time, never of the newest job.
    /// - Returns: whether a job is gone now; `nil` when there is nothing to do.
    public func deleteJob(endedBefore time: Instant) throws -> Bool? {
        let found = try Int64.fetchOne(
            db,
            sql: "SELECT id FROM job WHERE ended < ? AND id < (SELECT max(id) FROM job) ORDER BY id LIMIT 1",
            arguments: [time.milliseconds])
        guard let job = found else { return nil }
        // By what stands first, of whatever type.
        try db.execute(
            sql: """
                DELETE FROM job_saga WHERE job = ? AND position IN
                    (SELECT position FROM job_saga WHERE job = ? ORDER BY position LIMIT ?)
                """, arguments: [job, job, Self.jobRowsAtOnce])
        if db.changesCount > 0 { return false }
        try db.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [job])
        return true
    }

    private static var jobRowsAtOnce: Int64 { 256 }
}

extension SagaStore {
    /// Gives some free pages back to the file system, when there are more than new sagas will need soon. For the thread that writes.
    /// - Returns: how many; 0 for a store that was made before it could (a restore makes it so).
    public func giveBack(pagesMax: Int = 128) throws(StoreError) -> Int {
        try checkOpen()
        do {
            try checkFiles()
            return try database.writeWithoutTransaction { db in
                guard try Int.fetchOne(db, sql: "PRAGMA auto_vacuum") == 2 else { return 0 }
                let all = try Int.fetchOne(db, sql: "PRAGMA page_count") ?? 0
                let free = try Int.fetchOne(db, sql: "PRAGMA freelist_count") ?? 0
                let spare = free - all / 8
                guard spare > 0 else { return 0 }
                let count = min(spare, pagesMax)
                _ = try Row.fetchAll(db, sql: "PRAGMA incremental_vacuum(\(count))")
                return count
            }
        } catch {
            throw StoreError(error, doing: "cannot give back pages of '\(path)'", store: path)
        }
    }
}
