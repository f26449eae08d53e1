internal import Foundation
internal import GRDB
public import SagaCore

/// Reads of one snapshot.
public struct ReadTransaction: ~Copyable {
    private let db: Database

    init(_ db: Database) {
        self.db = db
    }

    private static let columns = "number, low, workflow, status, state, due, last"

    private static func row(_ row: Row) throws -> SagaRow {
        let status: UInt8 = row[3]
        let number: Int64 = row[0]
        guard let status = Status(rawValue: status) else {
            throw StoreError(.unreadable, "saga number \(number) has the unknown status \(status)")
        }
        let low: Int64 = row[1]
        return SagaRow(
            id: SagaID(high: SagaID.high(number: number), low: UInt64(bitPattern: low)), workflow: row[2],
            status: status, state: row[4], due: row[5], last: row[6])
    }

    /// The row of a saga by its number, or `nil`.
    public func saga(number: Int64) throws -> SagaRow? {
        let statement = try db.cachedStatement(sql: "SELECT \(Self.columns) FROM saga WHERE number = ?")
        return try Row.fetchOne(statement, arguments: [number]).map(Self.row)
    }

    /// The rows whose ids begin so, at most `limit`.
    public func sagas(matching prefix: SagaID.Prefix, limit: Int) throws -> [SagaRow] {
        let statement = try db.cachedStatement(
            sql: "SELECT \(Self.columns) FROM saga WHERE number BETWEEN ? AND ? ORDER BY number LIMIT ?")
        let rows = try Row.fetchCursor(
            statement, arguments: [prefix.first.number, prefix.last.number, Int64.max])
        var found: [SagaRow] = []
        while found.count < limit, let row = try rows.next() {
            let row = try Self.row(row)
            if row.id >= prefix.first, row.id <= prefix.last { found.append(row) }
        }
        return found
    }

    /// A saga's history, oldest first; follows the chain from its newest row.
    /// - Throws: ``StoreError`` `unreadable` when a link is missing or belongs to another saga.
    public func history(of saga: SagaRow) throws -> [HistoryRow] {
        var rows: [HistoryRow] = []
        var next = saga.last
        let statement = try db.cachedStatement(sql: "SELECT saga, previous, at, records FROM history WHERE row = ?")
        while next != 0 {
            guard let row = try Row.fetchOne(statement, arguments: [next]), row[0] == saga.id.number else {
                throw StoreError(.unreadable, "history row \(next) of saga \(saga.id) is missing or belongs to another")
            }
            let bytes: Data = row[3]
            do throws(BrokenRecord) {
                let records = try RecordCodec.records([UInt8](bytes))
                rows.append(HistoryRow(row: next, at: Instant(milliseconds: row[2]), records: records))
            } catch {
                throw StoreError(.unreadable, "history row \(next) of saga \(saga.id): \(error)")
            }
            let previous: Int64 = row[1]
            guard previous < next else {
                throw StoreError(.unreadable, "history row \(next) of saga \(saga.id) points forward")
            }
            next = previous
        }
        return rows.reversed()
    }

    /// Live sagas that are due in (`after`, `until`], the earliest first, as (number, due); `due` 0 is a call in flight.
    public func due(after: Int64, until: Int64) throws -> [(number: Int64, due: Int64)] {
        let statement = try db.cachedStatement(
            sql: "SELECT number, due FROM saga WHERE due IS NOT NULL AND due > ? AND due <= ? ORDER BY due")
        return try Row.fetchAll(statement, arguments: [after, until]).map { (number: $0[0], due: $0[1]) }
    }

    /// Sagas, newest first.
    /// - Parameters:
    ///   - before: only numbers below it.
    ///   - tag: only those that had the tag when it was hashed; the caller checks the value.
    public func sagas(
        workflows: [Int64]? = nil, state: String? = nil, status: Status? = nil, tag: Tag? = nil, before: Int64 = .max,
        limit: Int
    ) throws -> [SagaRow] {
        var sql = "SELECT \(Self.columns) FROM saga WHERE number < ?"
        var arguments: StatementArguments = [before]
        if let tag {
            sql += " AND number IN (SELECT saga FROM tag WHERE hash = ? AND saga < ?)"
            arguments += [Int64(bitPattern: tag.hash), before]
        }
        if let workflows {
            sql += " AND workflow IN (\(workflows.map(String.init).joined(separator: ",")))"
        }
        if let state {
            sql += " AND state = ?"
            arguments += [state]
        }
        if let status {
            sql += " AND status = ?"
            arguments += [status.rawValue]
            // Ended sagas are most of a table; the live ones have their index.
            if !status.isEnded { sql += " AND due IS NOT NULL" }
        }
        sql += " ORDER BY number DESC LIMIT ?"
        arguments += [limit]
        return try Row.fetchAll(db.cachedStatement(sql: sql), arguments: arguments).map(Self.row)
    }

    /// How many live sagas there are, by workflow row and status.
    public func liveCounts() throws -> [(workflow: Int64, status: Status, count: Int)] {
        let statement = try db.cachedStatement(
            sql: "SELECT workflow, status, count(*) FROM saga WHERE due IS NOT NULL GROUP BY workflow, status")
        return try Row.fetchAll(statement).compactMap { row in
            let status: UInt8 = row[1]
            return Status(rawValue: status).map { (workflow: row[0], status: $0, count: row[2]) }
        }
    }

    /// The largest saga number, 0 in an empty store: new ones must be above it, also when the clock was set back.
    public func lastNumber() throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT max(number) FROM saga") ?? 0
    }

    /// Every version of a workflow that the store holds.
    public func workflows() throws -> [StoredWorkflow] {
        try Row.fetchAll(db, sql: "SELECT id, name, version, digest, source FROM workflow ORDER BY id").map {
            StoredWorkflow(id: $0[0], name: $0[1], version: $0[2], digest: $0[3], source: $0[4])
        }
    }

    /// Bytes of the database's pages, without the write-ahead log.
    public func size() throws -> Int64 {
        try Int64.fetchOne(db, sql: "SELECT page_count * page_size FROM pragma_page_count, pragma_page_size") ?? 0
    }
}
