internal import Foundation
internal import GRDB
public import SagaCore

/// A signal that came before its saga, kept by business key.
public struct EarlySignal: Sendable, Hashable {
    /// Its row, 0 before it has one; signals are handed over in this order.
    public var row: Int64
    /// The name of the workflow.
    public var workflow: String
    /// The business key that its saga will have.
    public var key: String
    /// The name of the signal.
    public var name: String
    /// By which the same signal is kept once.
    public var id: String?
    /// JSON; empty for none.
    public var data: [UInt8]
    /// Who sent it; `nil` when nobody at a socket did.
    public var by: Actor?
    /// When it came.
    public var at: Instant
    /// When it is dropped.
    public var until: Instant

    /// A signal that has no row yet.
    public init(
        workflow: String, key: String, name: String, id: String?, data: [UInt8], by: Actor?, at: Instant,
        until: Instant
    ) {
        row = 0
        self.workflow = workflow
        self.key = key
        self.name = name
        self.id = id
        self.data = data
        self.by = by
        self.at = at
        self.until = until
    }
}

extension WriteTransaction {
    /// Keeps a signal.
    public func keep(_ signal: EarlySignal) throws {
        try db.execute(
            sql: """
                INSERT INTO early_signal(workflow, key, name, id, data, uid, gid, pid, at, until)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                signal.workflow, signal.key, signal.name, signal.id, Data(signal.data),
                signal.by.map { Int64($0.uid) }, signal.by.map { Int64($0.gid) }, signal.by.map { Int64($0.pid) },
                signal.at.milliseconds, signal.until.milliseconds,
            ])
    }

    /// A signal is handed over, or its time is up.
    public func drop(_ signal: EarlySignal) throws {
        try db.execute(sql: "DELETE FROM early_signal WHERE row = ?", arguments: [signal.row])
    }
}

extension ReadTransaction {
    private static let columns = "row, workflow, key, name, id, data, uid, gid, pid, at, until"

    /// What is kept for a key, the oldest first.
    public func earlySignals(workflow: String, key: String, name: String? = nil) throws -> [EarlySignal] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT \(Self.columns) FROM early_signal
                WHERE workflow = ? AND key = ? AND name = coalesce(?, name) ORDER BY row
                """, arguments: [workflow, key, name]
        ).map(Self.signal)
    }

    /// Those whose time is up, the first of them first.
    public func earlySignals(until now: Instant, limit: Int) throws -> [EarlySignal] {
        try Row.fetchAll(
            db, sql: "SELECT \(Self.columns) FROM early_signal WHERE until <= ? ORDER BY until, row LIMIT ?",
            arguments: [now.milliseconds, limit]
        ).map(Self.signal)
    }

    /// How many are kept, and when the first of them is dropped.
    public func earlySignalCount() throws -> (count: Int, next: Instant?) {
        let row = try Row.fetchOne(db, sql: "SELECT count(*), min(until) FROM early_signal")
        let next: Int64? = row?[1]
        return (row?[0] ?? 0, next.map(Instant.init(milliseconds:)))
    }

    private static func signal(_ row: Row) throws -> EarlySignal {
        guard let workflow = String.fromDatabaseValue(row[1]), let key = String.fromDatabaseValue(row[2]),
            let name = String.fromDatabaseValue(row[3]), let data = Data.fromDatabaseValue(row[5]),
            let at = Int64.fromDatabaseValue(row[9]), let until = Int64.fromDatabaseValue(row[10])
        else { throw StoreError(.unreadable, "a signal that was kept for its saga holds values of other types") }
        var by: Actor?
        if let uid = Int64.fromDatabaseValue(row[6]), let gid = Int64.fromDatabaseValue(row[7]),
            let pid = Int64.fromDatabaseValue(row[8])
        {
            by = Actor(
                uid: UInt32(truncatingIfNeeded: uid), gid: UInt32(truncatingIfNeeded: gid),
                pid: Int32(truncatingIfNeeded: pid))
        }
        var signal = EarlySignal(
            workflow: workflow, key: key, name: name, id: String.fromDatabaseValue(row[4]), data: [UInt8](data), by: by,
            at: Instant(milliseconds: at), until: Instant(milliseconds: until))
        signal.row = row[0]
        return signal
    }
}
