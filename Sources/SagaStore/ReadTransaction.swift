internal import Foundation
internal import GRDB
public import SagaCore

/// Reads of one snapshot.
public struct ReadTransaction: ~Copyable {
    let db: Database
    let seals: Seals

    init(_ db: Database, _ seals: Seals) {
        self.db = db
        self.seals = seals
    }

    var ring: KeyRing { seals.ring }

    /// More than anything is ever counted up to: what is above was written by somebody else, and must not be added to.
    static let countMax: Int64 = 1 << 53

    static let columns = "number, low, workflow, status, state, due, last, serial"

    /// - Throws: ``StoreError`` `unreadable`, whatever is wrong with it: damaged rows hold any type in any column.
    static func row(_ row: Row) throws(StoreError) -> SagaRow {
        let number = row.integer(0) ?? 0
        guard let low = row.integer(1), let workflow = row.integer(2), let status = row.integer(3),
            let state = String.fromDatabaseValue(row[4]), let last = row.integer(6),
            let due = Int64?.fromDatabaseValue(row[5]), let serial = Int64?.fromDatabaseValue(row[7])
        else {
            throw StoreError(.unreadable, "the row of saga number \(number) holds values of other types")
        }
        guard let known = Status(stored: status) else {
            throw StoreError(.unreadable, "saga number \(number) has the unknown status \(status)")
        }
        return SagaRow(
            id: SagaID(high: SagaID.high(number: number), low: UInt64(bitPattern: low)), workflow: workflow,
            status: known, state: state, due: due, last: last, serial: serial)
    }

    /// The row of a saga by its number, or `nil`.
    /// - Throws: ``StoreError`` `unreadable` when it does not read.
    public func saga(number: Int64) throws -> SagaRow? {
        let statement = try db.cachedStatement(sql: "SELECT \(Self.columns) FROM saga WHERE number = ?")
        return try Row.fetchOne(statement, arguments: [number]).map(Self.row)
    }

    /// The rows whose ids begin so, at most `limit`. Rows that do not read are left out, here as in lists: one of them must not
    /// hide the others (semantics.md, rule 6).
    public func sagas(matching prefix: SagaID.Prefix, limit: Int) throws -> [SagaRow] {
        let statement = try db.cachedStatement(
            sql: "SELECT \(Self.columns) FROM saga WHERE number BETWEEN ? AND ? ORDER BY number")
        let rows = try Row.fetchCursor(statement, arguments: [prefix.first.number, prefix.last.number])
        var found: [SagaRow] = []
        while found.count < limit, let row = try rows.next() {
            if let row = try? Self.row(row), row.id >= prefix.first, row.id <= prefix.last { found.append(row) }
        }
        return found
    }

    /// The numbers of the sagas that were started next before and after one; `nil`: there is none.
    public func numbers(beside number: Int64) throws -> (before: Int64?, after: Int64?) {
        let below = try db.cachedStatement(sql: "SELECT max(number) FROM saga WHERE number < ?")
        let above = try db.cachedStatement(sql: "SELECT min(number) FROM saga WHERE number > ?")
        return (
            try Int64.fetchOne(below, arguments: [number]), try Int64.fetchOne(above, arguments: [number])
        )
    }

    /// Live sagas that are due in (`after`, `until`], the earliest first, as (number, due); `due` 0 is a call in flight.
    public func due(after: Int64, until: Int64) throws -> [(number: Int64, due: Int64)] {
        let statement = try db.cachedStatement(
            sql: "SELECT number, due FROM saga WHERE due IS NOT NULL AND due > ? AND due <= ? ORDER BY due")
        return try Row.fetchAll(statement, arguments: [after, until]).compactMap { row in
            guard let number = row.integer(0), let due = row.integer(1) else { return nil }
            return (number: number, due: due)
        }
    }

    /// How many live sagas there are, by workflow row and status.
    public func liveCounts() throws -> [(workflow: Int64, status: Status, count: Int)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT workflow, status, count(*) FROM saga INDEXED BY saga_find WHERE status < ? GROUP BY status, workflow
                """)
        return try Row.fetchAll(statement, arguments: [Status.succeeded.rawValue]).compactMap { row in
            guard let workflow = row.integer(0), let status = row.integer(1).flatMap(Status.init(stored:)) else {
                return nil
            }
            return (workflow: workflow, status: status, count: row.integer(2).map { Int($0) } ?? 0)
        }
    }

    /// The largest saga number, 0 in an empty store: new ones must be above it, also when the clock was set back. A row whose number no
    /// saga can have is in nobody's way.
    public func lastNumber() throws -> Int64 {
        try Int64.fetchOne(
            db, sql: "SELECT max(number) FROM saga WHERE number BETWEEN 0 AND ?", arguments: [SagaID.numberMax]) ?? 0
    }

    /// Every version of a workflow that the store holds.
    public func workflows() throws -> [StoredWorkflow] {
        try Row.fetchAll(db, sql: "SELECT id, name, version, digest, source FROM workflow ORDER BY id").map { row in
            guard let id = row.integer(0), let name = String.fromDatabaseValue(row[1]),
                let version = String.fromDatabaseValue(row[2]), let digest = String.fromDatabaseValue(row[3]),
                let source = String.fromDatabaseValue(row[4])
            else {
                throw StoreError(.unreadable, "workflow row \(row.integer(0) ?? 0) holds values of other types")
            }
            return StoredWorkflow(id: id, name: name, version: version, digest: digest, source: source)
        }
    }

    /// Bytes of the database's pages, without the write-ahead log.
    public func size() throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") ?? 0
    }
}

extension Row {
    /// `nil` when it is no blob: texts are bytes too, but no seal.
    func blob(_ index: Int) -> Data? {
        if case .blob(let bytes) = (self[index] as DatabaseValue).storage { bytes } else { nil }
    }

    /// `.some(nil)` for NULL; `nil` for what is neither that nor a blob.
    func optionalBlob(_ index: Int) -> Data?? {
        (self[index] as DatabaseValue).isNull ? .some(nil) : blob(index).map { .some($0) }
    }

    /// `nil` when it is no integer. Damaged rows hold any type in any column, at which the subscripts of GRDB trap.
    func integer(_ index: Int) -> Int64? {
        Int64.fromDatabaseValue(self[index])
    }
}

extension Status {
    init?(stored: Int64) {
        guard let status = UInt8(exactly: stored).flatMap(Status.init(rawValue:)) else { return nil }
        self = status
    }
}
