internal import GRDB
public import SagaCore

/// The one kind of write: what an input changes. All statements are cached; this is the hot path.
public struct WriteTransaction: ~Copyable {
    let db: Database
    let ring: KeyRing
    /// What reads within the transaction see. (Kept and not computed: Swift 6.3.1's optimizer aborts where a getter that makes a
    /// noncopyable value is inlined into a borrower.)
    public let reading: ReadTransaction

    init(_ db: Database, _ ring: KeyRing) {
        self.db = db
        self.ring = ring
        reading = ReadTransaction(db, ring)
    }

    /// Runs part of the transaction such that nothing of it is left when it throws; what came before stays.
    /// - Throws: what `body` throws, a database's error as ``StoreError``.
    public func savepoint<T>(_ body: (borrowing WriteTransaction) throws -> T) throws -> T {
        do {
            var result: T?
            try db.inSavepoint {
                result = try body(WriteTransaction(db, ring))
                return .commit
            }
            guard let result else { throw StoreError(.failed, "the savepoint gave nothing") }
            return result
        } catch let error as DatabaseError {
            throw StoreError(error, doing: "cannot write an input")
        }
    }

    /// Appends the records of one input, as `RecordCodec` gives them, to a saga's chain; they are sealed.
    /// - Returns: the new row.
    public func append(_ records: [UInt8], saga: SagaID, previous: Int64, at: Instant) throws -> Int64 {
        try db.cachedStatement(sql: "INSERT INTO history(saga, previous, at, records) VALUES(?, ?, ?, ?)")
            .execute(arguments: [
                saga.number, previous, at.milliseconds,
                try ring.seal(records, at: .history(saga: saga.number, previous: previous, at: at.milliseconds)),
            ])
        return db.lastInsertedRowID
    }

    /// Takes a row out of a history; the caller has written the one that stands for it, whose chain passes it by.
    public func remove(historyRow row: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM history WHERE row = ?").execute(arguments: [row])
    }

    /// Adds the row of a new saga; fails when its number is taken.
    public func insert(_ row: SagaRow) throws {
        try db.cachedStatement(
            sql: "INSERT INTO saga(number, low, workflow, status, state, due, last) VALUES(?, ?, ?, ?, ?, ?, ?)"
        ).execute(arguments: [
            row.id.number, Int64(bitPattern: row.id.low), row.workflow, row.status.rawValue, row.state, row.due,
            row.last,
        ])
    }

    /// Replaces all of a saga's row but its id; does nothing when there is none.
    public func update(_ row: SagaRow) throws {
        try db.cachedStatement(
            sql: "UPDATE saga SET workflow = ?, status = ?, state = ?, due = ?, last = ? WHERE number = ?"
        ).execute(arguments: [row.workflow, row.status.rawValue, row.state, row.due, row.last, row.id.number])
    }

    /// Marks a live saga whose row or history does not read, so that timers and recovery leave it alone (semantics.md, rule 6);
    /// reads nothing of it.
    public func putAside(number: Int64) throws {
        try db.cachedStatement(sql: "UPDATE saga SET status = ?, due = ? WHERE number = ? AND due IS NOT NULL")
            .execute(arguments: [Status.stuck.rawValue, SagaRow.never, number])
    }

    /// Lets the saga be found by the tag; once more changes nothing.
    public func add(tag: Tag, to saga: SagaID) throws {
        try db.cachedStatement(sql: "INSERT OR IGNORE INTO tag(hash, saga) VALUES(?, ?)")
            .execute(arguments: [Int64(bitPattern: tag.hash), saga.number])
    }

    /// The saga is no longer found by the tag; nothing happens when it was not.
    public func remove(tag: Tag, from saga: SagaID) throws {
        try db.cachedStatement(sql: "DELETE FROM tag WHERE hash = ? AND saga = ?")
            .execute(arguments: [Int64(bitPattern: tag.hash), saga.number])
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
