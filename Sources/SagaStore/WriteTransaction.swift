internal import Foundation
internal import GRDB
public import SagaCore

/// Writes, and reads nothing. All statements are cached; this is the hot path.
public struct WriteTransaction: ~Copyable {
    let db: Database
    let seals: Seals

    init(_ db: Database, _ seals: Seals) {
        self.db = db
        self.seals = seals
    }

    var ring: KeyRing { seals.ring }

    /// Adds the row of a new saga; fails when its number is taken.
    /// - Parameter summary: what lists show of it, as `SagaSummary` gives it; it is sealed. Empty: nothing.
    public func insert(_ row: SagaRow, summary: [UInt8] = []) throws {
        try db.cachedStatement(
            sql: """
                INSERT INTO saga(number, low, workflow, status, state, due, last, serial, summary)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            row.id.number, Int64(bitPattern: row.id.low), row.workflow, row.status.rawValue, row.state, row.due,
            row.last, row.serial, try sealed(summary, of: row),
        ])
    }

    /// Replaces all of a saga's row but its id and its serial; does nothing when there is none.
    public func update(_ row: SagaRow, summary: [UInt8] = []) throws {
        try db.cachedStatement(
            sql: "UPDATE saga SET workflow = ?, status = ?, state = ?, due = ?, last = ?, summary = ? WHERE number = ?"
        ).execute(arguments: [
            row.workflow, row.status.rawValue, row.state, row.due, row.last, try sealed(summary, of: row),
            row.id.number,
        ])
    }

    private func sealed(_ summary: [UInt8], of row: SagaRow) throws -> Data? {
        summary.isEmpty ? nil : try seals.seal(summary, at: .summary(row), of: row.id, workflow: row.workflow)
    }

    /// Marks a live saga whose row or history does not read, so that timers and recovery leave it alone (semantics.md, rule 6);
    /// reads nothing of it. Values of other types go: SQLite takes no row of a STRICT table that has one.
    public func putAside(number: Int64) throws {
        let integers = ["low", "workflow", "last", "first"].map { "\($0) = iif(typeof(\($0)) = 'integer', \($0), 0)" }
        let blobs = ["tail", "summary"].map { "\($0) = iif(typeof(\($0)) = 'blob', \($0), NULL)" }
        try db.cachedStatement(
            sql: """
                UPDATE saga SET status = ?, due = ?, state = iif(typeof(state) = 'text', state, ''),
                at = iif(typeof(at) = 'integer', at, NULL), serial = iif(typeof(serial) = 'integer', serial, NULL),
                \((integers + blobs).joined(separator: ", "))
                WHERE number = ? AND due IS NOT NULL
                """
        ).execute(arguments: [Status.stuck.rawValue, SagaRow.never, number])
    }

    /// Lets the saga be found by the tag; once more changes nothing.
    public func add(tag: Tag, to saga: Int64) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO tag(hash, saga) VALUES(?, ?)")
            .execute(arguments: [tag.number, saga])
    }

    /// The saga is no longer found by the tag; nothing happens when it was not.
    public func remove(tag: Tag, from saga: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM tag WHERE hash = ? AND saga = ?")
            .execute(arguments: [tag.number, saga])
    }

    /// Keeps the text of a workflow's version for the sagas that will be started with it.
    /// - Parameter phrases: what the rows of its sagas say again and again, by which they are packed.
    /// - Returns: its row.
    public func pin(
        name: String, version: String, digest: String, source: String, phrases: [UInt8] = []
    ) throws -> Int64 {
        try db.execute(
            sql: "INSERT INTO workflow(name, version, digest, source, phrases) VALUES(?, ?, ?, ?, ?)",
            arguments: [name, version, digest, source, Data(phrases)])
        seals.book.pin(Phrases(workflow: db.lastInsertedRowID, text: phrases))
        return db.lastInsertedRowID
    }
}

extension Tag {
    /// As the tables have it: 48 bits, which SQLite stores in six bytes. Whoever reads compares the values, of which so few have the same
    /// number that it costs nothing.
    var number: Int64 { Int64(bitPattern: hash) >> 16 }
}
