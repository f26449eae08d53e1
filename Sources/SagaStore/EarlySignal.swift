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
    /// Keeps a signal under its row's number; under the next one when that is 0.
    public func keep(_ signal: EarlySignal) throws {
        try db.execute(
            sql: """
                INSERT INTO early_signal(row, workflow, key, name, data, uid, gid, pid, at, until)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                signal.row == 0 ? nil : signal.row, signal.workflow, signal.key, signal.name,
                try signal.sealed(by: ring),
                signal.by.map { Int64($0.uid) }, signal.by.map { Int64($0.gid) }, signal.by.map { Int64($0.pid) },
                signal.at.milliseconds, signal.until.milliseconds,
            ])
    }

    /// A signal is handed over, or its time is up.
    public func drop(_ signal: EarlySignal) throws {
        try drop(earlySignal: signal.row)
    }

    /// The same for one that does not read.
    public func drop(earlySignal row: Int64) throws {
        try db.execute(sql: "DELETE FROM early_signal WHERE row = ?", arguments: [row])
    }
}

extension ReadTransaction {
    /// The highest number of a signal's row that was ever given, 0 for none.
    func lastEarlySignal() throws -> Int64 {
        let row = try Row.fetchOne(db, sql: "SELECT seq FROM sqlite_sequence WHERE name = 'early_signal'")
        return min(max(0, row?.integer(0) ?? 0), Self.countMax)
    }

    /// What is kept for a key, the oldest first.
    /// - Throws: also for a row that does not read.
    public func earlySignals(workflow: String, key: String, name: String? = nil) throws -> [EarlySignal] {
        try earlyRows(workflow, key, name).map { try EarlySignal($0, ring) }
    }

    /// The same for whoever starts the saga: what does not read keeps nobody from it, and is dropped, and told, when its time is up.
    func readableEarlySignals(workflow: String, key: String) throws -> [EarlySignal] {
        try earlyRows(workflow, key, nil).compactMap { try? EarlySignal($0, ring) }
    }

    private func earlyRows(_ workflow: String, _ key: String, _ name: String?) throws -> [Row] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT \(EarlySignal.columns) FROM early_signal
                WHERE workflow = ? AND key = ? AND name = coalesce(?, name) ORDER BY row
                """, arguments: [workflow, key, name])
    }

    /// Those whose time is up, the first of them first; of one that does not read no more than its row. One without a time that reads is
    /// over at once.
    public func earlySignals(until now: Instant, limit: Int) throws -> [(row: Int64, signal: EarlySignal?)] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT \(EarlySignal.columns) FROM early_signal WHERE until <= ?
                UNION ALL SELECT \(EarlySignal.columns) FROM early_signal WHERE until > ? AND typeof(until) <> 'integer'
                ORDER BY until, row LIMIT ?
                """, arguments: [now.milliseconds, Int64.max, limit]
        ).map { (row: $0.integer(0) ?? 0, signal: try? EarlySignal($0, ring)) }
    }

    /// Bytes of what is kept, as it is stored: it is not read for that.
    public func earlySignalBytes() throws -> Int {
        Int(try Row.fetchOne(db, sql: "SELECT sum(length(data)) FROM early_signal")?.integer(0) ?? 0)
    }

    /// How many are kept, and when the first of them is dropped.
    public func earlySignalCount() throws -> (count: Int, next: Instant?) {
        // Numbers sort before all other values (sqlite.org/datatype3.html).
        let row = try Row.fetchOne(db, sql: "SELECT count(*), min(until), max(until) FROM early_signal")
        let count = row?.integer(0) ?? 0
        guard count > 0 else { return (0, nil) }
        guard let next = row?.integer(1), row?.integer(2) != nil else { return (Int(count), Instant(milliseconds: 0)) }
        return (Int(count), Instant(milliseconds: next))
    }
}

extension EarlySignal {
    static let columns = "row, workflow, key, name, data, uid, gid, pid, at, until"

    /// What is sealed: the id and the data.
    func sealed(by ring: KeyRing) throws -> Data {
        var parts = (id.map { [Array($0.utf8)] } ?? []) + [data]
        if let behalf = by?.behalf { parts = [Array(behalf.utf8), Array((id ?? "").utf8), data] }
        return try ring.seal(Packed.bytes(parts), at: place)
    }

    private var place: SealPlace {
        .early(workflow: workflow, key: key, name: name, at: at.milliseconds, until: until.milliseconds)
    }

    /// - Throws: ``StoreError`` `unreadable`.
    init(_ row: Row, _ ring: KeyRing) throws {
        guard let number = row.integer(0), let workflow = String.fromDatabaseValue(row[1]),
            let key = String.fromDatabaseValue(row[2]),
            let name = String.fromDatabaseValue(row[3]), let data = row.blob(4),
            let at = row.integer(8), let until = row.integer(9),
            let uid = Int64?.fromDatabaseValue(row[5]), let gid = Int64?.fromDatabaseValue(row[6]),
            let pid = Int64?.fromDatabaseValue(row[7])
        else { throw StoreError(.unreadable, "a signal that was kept for its saga holds values of other types") }
        self.init(
            workflow: workflow, key: key, name: name, id: nil, data: [], by: nil,
            at: Instant(milliseconds: at), until: Instant(milliseconds: until))
        self.row = number
        if let uid, let gid, let pid {
            by = Actor(
                uid: UInt32(truncatingIfNeeded: uid), gid: UInt32(truncatingIfNeeded: gid),
                pid: Int32(truncatingIfNeeded: pid))
        }
        try unseal(data, ring)
    }

    private mutating func unseal(_ bytes: Data, _ ring: KeyRing) throws {
        let opened: [UInt8]
        do throws(KeyRing.Broken) {
            opened = try ring.open(bytes, at: place)
        } catch {
            throw StoreError(.unreadable, "a signal that was kept for its saga: \(error.message)")
        }
        guard let parts = Packed.parts(opened), let data = parts.last, parts.count <= 3 else {
            throw StoreError(.unreadable, "a signal that was kept for its saga holds something else")
        }
        self.data = data
        id = parts.count == 1 ? nil : String(decoding: parts[parts.count - 2], as: UTF8.self)
        guard parts.count == 3 else { return }
        by?.behalf = String(decoding: parts[0], as: UTF8.self)
        // Nobody dedupes by an empty id.
        if id?.isEmpty == true { id = nil }
    }
}
