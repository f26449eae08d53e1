internal import Foundation
internal import GRDB
internal import SagaCore

/// Replacing the seals of older keys. Each step is one small transaction that also says how far it has come, so that a crash loses nothing
/// and the next process goes on there.
///
/// ```
/// rows of histories ─► sagas, with what they show ─► early signals and jobs ─► the log is emptied of old pages ─► the older keys are forgotten
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
                // Read before the transaction, as nobody else writes: nothing is read inside of one.
                let step = try ResealStep(newest, limit: limit, db, seals)
                try db.inTransaction(.immediate) {
                    try step.write(db, seals)
                    try readyToCommit()
                    return .commit
                }
                if newest.walk.isOver, step.rows == 0 { try forget(db, keys, newest) }
                return Resealed(rows: step.rows, damaged: step.damaged, isDone: false)
            }
        } catch {
            throw StoreError(error, doing: "cannot seal rows of '\(path)' anew")
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

/// What one step of it writes.
private struct ResealStep {
    private var key: WrappedKey
    private var history: [(row: Int64, records: Data)] = []
    private var sagas: [Shown] = []
    private var signals: [EarlySignal] = []
    private var jobs: [JobRow] = []
    private(set) var damaged: [String] = []

    private struct Shown {
        var number: Int64
        var tail: Data?
        var summary: Data?
        var views: [(view: Int64, data: Data)] = []
        var isEmpty: Bool { tail == nil && summary == nil && views.isEmpty }
    }

    var rows: Int { history.count + sagas.count + signals.count + jobs.count }

    init(_ newest: WrappedKey, limit: Int, _ db: Database, _ seals: Seals) throws {
        key = newest
        if key.walk.row < key.walk.rowUntil {
            try readHistory(limit, db, seals)
        } else if key.walk.saga < key.walk.sagaUntil {
            try readSagas(limit, db, seals)
        } else {
            signals = try Self.earlySignals(db, limit, seals.ring)
            jobs = try Self.jobs(db, limit, seals.ring)
        }
    }

    private mutating func readHistory(_ limit: Int, _ db: Database, _ seals: Seals) throws {
        let reading = ReadTransaction(db, seals)
        let statement = try db.cachedStatement(
            sql: "SELECT row, saga, n, at, records FROM history WHERE row > ? AND row <= ? ORDER BY row LIMIT ?")
        let found = try Row.fetchAll(statement, arguments: [key.walk.row, key.walk.rowUntil, limit])
        for row in found {
            let number = row.integer(0) ?? 0
            guard let saga = row.integer(1), let n = row.integer(2), let at = row.integer(3),
                let sealed = row.blob(4), let owner = try? reading.saga(number: saga)
            else {
                damaged.append("\(number) of 'history'")
                continue
            }
            if seals.isCurrent(sealed) { continue }
            if let new = try seals.resealed(sealed, at: .history(saga: saga, n: n, at: at), of: owner.id, db) {
                history.append((row: number, records: new))
            } else {
                damaged.append("\(number) of 'history'")
            }
        }
        key.walk.row = found.count < limit ? key.walk.rowUntil : found.last?.integer(0) ?? key.walk.rowUntil
        key.walk.done += Int64(found.count)
    }

    private mutating func readSagas(_ limit: Int, _ db: Database, _ seals: Seals) throws {
        let views = try Int64.fetchAll(db, sql: "SELECT id FROM view")
        let statement = try db.cachedStatement(
            sql: """
                SELECT \(ReadTransaction.columns), first, at, tail, summary FROM saga
                WHERE number > ? AND number <= ? ORDER BY number LIMIT ?
                """)
        let found = try Row.fetchAll(statement, arguments: [key.walk.saga, key.walk.sagaUntil, limit])
        for row in found {
            let number = row.integer(0) ?? 0
            // One with values of other types is not written: SQLite takes no row of a STRICT table that has one.
            guard let saga = try? ReadTransaction.row(row), row.integer(8) != nil,
                let at = Int64?.fromDatabaseValue(row[9]), let tail = row.optionalBlob(10),
                let summary = row.optionalBlob(11)
            else {
                damaged.append("\(number) of 'saga'")
                continue
            }
            var shown = Shown(number: number)
            if let tail, !seals.isCurrent(tail) {
                let place = SealPlace.history(saga: number, n: row.integer(8) ?? 0, at: at ?? 0)
                shown.tail = try seals.resealed(tail, at: place, of: saga.id, db)
                if shown.tail == nil { damaged.append("\(number) of 'saga'") }
            }
            // One that does not open hinders no other: whoever lists it reads its history.
            if let summary {
                shown.summary = try seals.resealed(summary, at: .summary(saga), of: saga.id, db)
            }
            shown.views = try Self.views(views, of: saga, db, seals)
            if !shown.isEmpty { sagas.append(shown) }
        }
        key.walk.saga = found.count < limit ? key.walk.sagaUntil : found.last?.integer(0) ?? key.walk.sagaUntil
        key.walk.done += Int64(found.count)
    }

    private static func views(
        _ views: [Int64], of saga: SagaRow, _ db: Database, _ seals: Seals
    ) throws -> [(view: Int64, data: Data)] {
        let statement = try db.cachedStatement(
            sql: "SELECT key, data FROM view_row WHERE view = ? AND saga = ?")
        return try views.compactMap { view in
            guard let row = try Row.fetchOne(statement, arguments: [view, saga.id.number]),
                let key = Int64?.fromDatabaseValue(row[0]), let sealed = row.blob(1),
                let new = try seals.resealed(sealed, at: ViewRow.place(view, of: saga.id, key: key), of: saga.id, db)
            else { return nil }
            return (view: view, data: new)
        }
    }

    private static func earlySignals(_ db: Database, _ limit: Int, _ ring: KeyRing) throws -> [EarlySignal] {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(EarlySignal.columns) FROM early_signal WHERE substr(data, 1, ?) <> ?",
            arguments: [ring.prefix.count, ring.prefix])
        var found: [EarlySignal] = []
        while found.count < limit, let row = try rows.next() {
            // One that does not read hinders no other, and goes at its time.
            if let signal = try? EarlySignal(row, ring) { found.append(signal) }
        }
        return found
    }

    private static func jobs(_ db: Database, _ limit: Int, _ ring: KeyRing) throws -> [JobRow] {
        let rows = try Row.fetchCursor(
            db, sql: "SELECT \(JobRow.columns) FROM job WHERE substr(words, 1, ?) <> ?",
            arguments: [ring.prefix.count, ring.prefix])
        var found: [JobRow] = []
        while found.count < limit, let row = try rows.next() {
            if let job = JobRow(row, ring) { found.append(job) }
        }
        return found
    }

    func write(_ db: Database, _ seals: Seals) throws {
        let update = try db.cachedStatement(sql: "UPDATE history SET records = ? WHERE row = ?")
        for row in history { try update.execute(arguments: [row.records, row.row]) }
        let saga = try db.cachedStatement(
            sql: "UPDATE saga SET tail = coalesce(?, tail), summary = coalesce(?, summary) WHERE number = ?")
        let view = try db.cachedStatement(sql: "UPDATE view_row SET data = ? WHERE view = ? AND saga = ?")
        for shown in sagas {
            try saga.execute(arguments: [shown.tail, shown.summary, shown.number])
            for row in shown.views { try view.execute(arguments: [row.data, row.view, shown.number]) }
        }
        for signal in signals {
            try db.execute(
                sql: "UPDATE early_signal SET data = ? WHERE row = ?",
                arguments: [try signal.sealed(by: seals.ring), signal.row])
        }
        for job in jobs {
            try db.execute(
                sql: "UPDATE job SET words = ? WHERE id = ?", arguments: [try job.sealed(by: seals.ring), job.id])
        }
        try db.execute(
            sql: "UPDATE data_key SET row = ?, saga = ?, done = ? WHERE id = ?",
            arguments: [key.walk.row, key.walk.saga, key.walk.done, key.id])
    }
}

extension WrappedKey.Walk {
    /// Along all that is there now.
    init(of db: Database, _ seals: Seals) throws {
        let reading = ReadTransaction(db, seals)
        rowUntil = try Int64.fetchOne(db, sql: "SELECT max(row) FROM history") ?? 0
        sagaUntil = try reading.lastNumber()
        let rows = try Int64.fetchOne(db, sql: "SELECT count(*) FROM history") ?? 0
        total = try rows + reading.sagaCount()
    }
}
