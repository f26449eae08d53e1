internal import Foundation
internal import GRDB
public import SagaCore

/// Writes, and reads nothing. All statements are cached; this is the hot path.
public struct WriteTransaction: ~Copyable {
    let db: Database
    let ring: KeyRing

    init(_ db: Database, _ ring: KeyRing) {
        self.db = db
        self.ring = ring
    }

    /// Writes the records of one input, as `RecordCodec` gives them, to the `n`th place of a saga's history, counted from 1; they are
    /// sealed, and take the place of what stands there.
    public func append(_ records: [UInt8], saga: Int64, n: Int64, at: Instant) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO history(saga, n, at, records) VALUES(?, ?, ?, ?)
                ON CONFLICT(saga, n) DO UPDATE SET at = excluded.at, records = excluded.records
                """
        ).execute(arguments: [
            saga, n, at.milliseconds,
            try ring.seal(records, at: .history(saga: saga, n: n, at: at.milliseconds)),
        ])
    }

    /// Takes away what stands behind the `n`th place of a history: the row there stands for it.
    public func endHistory(of saga: Int64, at n: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM history WHERE saga = ? AND n > ?").execute(arguments: [saga, n])
    }

    /// Adds the row of a new saga; fails when its number is taken.
    /// - Parameter summary: what lists show of it, as `SagaSummary` gives it; it is sealed. Empty: nothing.
    public func insert(_ row: SagaRow, summary: [UInt8] = []) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO saga(number, low, workflow, status, state, due, last, summary) VALUES(?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            row.id.number, Int64(bitPattern: row.id.low), row.workflow, row.status.rawValue, row.state, row.due,
            row.last, try sealed(summary, of: row),
        ])
    }

    /// Replaces all of a saga's row but its id; does nothing when there is none.
    public func update(_ row: SagaRow, summary: [UInt8] = []) throws {
        try db.cachedStatement(
            sql: "UPDATE saga SET workflow = ?, status = ?, state = ?, due = ?, last = ?, summary = ? WHERE number = ?"
        ).execute(arguments: [
            row.workflow, row.status.rawValue, row.state, row.due, row.last, try sealed(summary, of: row),
            row.id.number,
        ])
    }

    private func sealed(_ summary: [UInt8], of row: SagaRow) throws -> Data? {
        summary.isEmpty ? nil : try ring.seal(summary, at: .summary(row))
    }

    /// Marks a live saga whose row or history does not read, so that timers and recovery leave it alone (semantics.md, rule 6);
    /// reads nothing of it.
    public func putAside(number: Int64) throws {
        try db.cachedStatement(sql: "UPDATE saga SET status = ?, due = ? WHERE number = ? AND due IS NOT NULL")
            .execute(arguments: [Status.stuck.rawValue, SagaRow.never, number])
    }

    /// Lets the saga be found by the tag; once more changes nothing.
    public func add(tag: Tag, to saga: Int64) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO tag(hash, saga) VALUES(?, ?)")
            .execute(arguments: [Int64(bitPattern: tag.hash), saga])
    }

    /// The saga is no longer found by the tag; nothing happens when it was not.
    public func remove(tag: Tag, from saga: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM tag WHERE hash = ? AND saga = ?")
            .execute(arguments: [Int64(bitPattern: tag.hash), saga])
    }

    /// Keeps the text of a workflow's version for the sagas that will be started with it.
    /// - Returns: its row.
    public func pin(name: String, version: String, digest: String, source: String) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO workflow(name, version, digest, source) VALUES(?, ?, ?, ?)",
            arguments: [name, version, digest, source])
        return db.lastInsertedRowID
    }
}
