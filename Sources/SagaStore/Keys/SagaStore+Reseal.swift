internal import Foundation
internal import GRDB

/// Replacing the seals of older keys. Each step is one small transaction that also says how far it has come, so that a crash loses nothing
/// and the next process goes on there.
///
/// ```
/// history up to `until`, and with its first row what a saga shows ─► early signals and jobs ─► the log is emptied of old pages ─► the older keys are forgotten
/// ```
extension SagaStore {
    /// Seals some rows anew. For the thread that writes.
    public func reseal(limit: Int = 128) throws(StoreError) -> Resealed {
        try checkOpen()
        do {
            return try database.writeWithoutTransaction { db in
                let keys = try WrappedKey.all(db)
                guard let newest = keys.last, keys.count > 1 else {
                    try db.execute(sql: "PRAGMA secure_delete = OFF")
                    return Resealed(rows: 0, damaged: [], isDone: true)
                }
                // What is replaced must not stay in the free space of its page.
                try db.execute(sql: "PRAGMA secure_delete = ON")
                let isHistory = newest.position < newest.until
                // Read before the transaction, as nobody else writes: nothing is read inside of one.
                let history = isHistory ? try self.history(db, newest, limit) : []
                let shown = try self.shown(besides: history, db)
                let (signals, jobs) = isHistory ? ([], []) : (try earlySignals(db, limit), try self.jobs(db, limit))
                var result = Resealed(rows: signals.count + jobs.count, damaged: [], isDone: false)
                try db.inTransaction(.immediate) {
                    if isHistory {
                        result = try reseal(history, db, newest, limit)
                        try reseal(shown, db)
                    } else {
                        try reseal(signals, jobs, db)
                    }
                    try readyToCommit()
                    return .commit
                }
                if result.rows == 0, newest.position >= newest.until { try forget(db, keys, newest) }
                return result
            }
        } catch {
            throw StoreError(error, doing: "cannot seal rows of '\(path)' anew")
        }
    }

    private func history(_ db: Database, _ newest: WrappedKey, _ limit: Int) throws -> [Row] {
        try Row.fetchAll(
            db.cachedStatement(
                sql: """
                    SELECT row, saga, n, at, records FROM history WHERE row > ? AND row <= ? ORDER BY row LIMIT ?
                    """), arguments: [newest.position, newest.until, limit])
    }

    private func reseal(_ found: [Row], _ db: Database, _ newest: WrappedKey, _ limit: Int) throws -> Resealed {
        var result = Resealed(rows: 0, damaged: [], isDone: false)
        let prefix = keys.ring.prefix
        let update = try db.cachedStatement(sql: "UPDATE history SET records = ? WHERE row = ?")
        for row in found {
            let number = row.integer(0) ?? 0
            guard let saga = row.integer(1), let n = row.integer(2), let at = row.integer(3),
                let bytes = Data.fromDatabaseValue(row[4])
            else {
                result.damaged.append(number)
                continue
            }
            if bytes.starts(with: prefix) { continue }
            let place = Place.history(saga: saga, n: n, at: at)
            guard let opened = try? keys.ring.open(bytes, at: place) else {
                result.damaged.append(number)
                continue
            }
            try update.execute(arguments: [try keys.ring.seal(opened, at: place), number])
            result.rows += 1
        }
        let position = found.count < limit ? newest.until : found.last?.integer(0) ?? newest.until
        try db.execute(sql: "UPDATE data_key SET position = ? WHERE id = ?", arguments: [position, newest.id])
        return result
    }

    private func earlySignals(_ db: Database, _ limit: Int) throws -> [EarlySignal] {
        let prefix = keys.ring.prefix
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT \(EarlySignal.columns) FROM early_signal WHERE substr(data, 1, ?) <> ?",
            arguments: [prefix.count, prefix])
        var found: [EarlySignal] = []
        while found.count < limit, let row = try rows.next() {
            // One that does not read hinders no other, and goes at its time.
            if let signal = try? EarlySignal(row, keys.ring) { found.append(signal) }
        }
        return found
    }

    private func jobs(_ db: Database, _ limit: Int) throws -> [JobRow] {
        let prefix = keys.ring.prefix
        let rows = try Row.fetchCursor(
            db,
            sql: "SELECT \(JobRow.columns) FROM job WHERE substr(words, 1, ?) <> ?",
            arguments: [prefix.count, prefix])
        var found: [JobRow] = []
        while found.count < limit, let row = try rows.next() {
            if let job = JobRow(row, keys.ring) { found.append(job) }
        }
        return found
    }

    private func reseal(_ signals: [EarlySignal], _ jobs: [JobRow], _ db: Database) throws {
        for signal in signals {
            try db.execute(
                sql: "UPDATE early_signal SET data = ? WHERE row = ?",
                arguments: [try signal.sealed(by: keys.ring), signal.row])
        }
        for job in jobs {
            try db.execute(
                sql: "UPDATE job SET words = ? WHERE id = ?",
                arguments: [try job.sealed(by: keys.ring), job.id])
        }
    }

    /// Nothing is under the older keys any more. First the write-ahead log is emptied, which may hold pages as they were; while a reader
    /// keeps it from that, the keys stay and the next step tries again.
    private func forget(_ db: Database, _ keys: [WrappedKey], _ newest: WrappedKey) throws {
        // It would wait for them as long as a write waits for a lock, and every saga with it.
        try db.execute(sql: "PRAGMA busy_timeout = 0")
        defer { try? db.execute(sql: "PRAGMA busy_timeout = \(Self.busyMilliseconds)") }
        let busy = try Int.fetchOne(db, sql: "PRAGMA wal_checkpoint(TRUNCATE)") ?? 0
        guard busy == 0, let key = self.keys.ring.key(newest.id) else { return }
        try db.inTransaction(.immediate) {
            try newest.wrapped(anew: key, by: self.keys.wrapper).save(db)
            try db.execute(sql: "DELETE FROM data_key WHERE id < ?", arguments: [newest.id])
            try readyToCommit()
            return .commit
        }
    }
}
