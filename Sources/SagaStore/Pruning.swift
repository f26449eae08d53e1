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

    /// When the last row of a saga's history was written; `nil` when it is not there or does not say it.
    public func lastTime(of saga: SagaRow) throws -> Instant? {
        try Row.fetchOne(
            db.cachedStatement(
                sql: """
                    SELECT coalesce(at, (SELECT at FROM history WHERE saga = number ORDER BY n DESC LIMIT 1))
                    FROM saga WHERE number = ?
                    """), arguments: [saga.id.number]
        )?.integer(0).map(Instant.init(milliseconds:))
    }

    /// The oldest job that ended before that time, never the newest job; and whether it has sagas still.
    public func oldJob(endedBefore time: Instant) throws -> (id: Int64, hasSagas: Bool)? {
        let found = try Int64.fetchOne(
            db, sql: "SELECT id FROM job WHERE ended < ? AND id < (SELECT max(id) FROM job) ORDER BY id LIMIT 1",
            arguments: [time.milliseconds])
        guard let job = found else { return nil }
        return (job, try Row.fetchOne(db, sql: "SELECT 1 FROM job_saga WHERE job = ? LIMIT 1", arguments: [job]) != nil)
    }
}

extension WriteTransaction {
    /// Takes a saga away as if it had never been. Never the newest of the store: its number would be given again (decision 0001).
    public func delete(_ saga: SagaRow, tags: [Tag]) throws {
        try keepSerial(of: saga)
        try endHistory(of: saga.id.number, at: .min)
        seals.tails.with { $0.stage(nil, of: saga.id.number) }
        for tag in tags { try remove(tag: tag, from: saga.id.number) }
        try clearSuspect(saga: saga.id.number)
        try db.cachedStatement(sql: "DELETE FROM view_row WHERE view IN (SELECT id FROM view) AND saga = ?")
            .execute(arguments: [saga.id.number])
        try db.cachedStatement(sql: "DELETE FROM saga WHERE number = ?").execute(arguments: [saga.id.number])
    }

    /// Takes away some of a job's sagas.
    public func deleteSomeSagas(ofJob job: Int64) throws {
        // By what stands first, of whatever type.
        try db.execute(
            sql: """
                DELETE FROM job_saga WHERE job = ? AND position IN
                    (SELECT position FROM job_saga WHERE job = ? ORDER BY position LIMIT ?)
                """, arguments: [job, job, Self.jobRowsAtOnce])
    }

    /// Takes away a job that has no sagas any more.
    public func delete(job: Int64) throws {
        try db.execute(sql: "DELETE FROM job WHERE id = ?", arguments: [job])
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
