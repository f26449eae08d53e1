internal import Foundation
internal import GRDB
internal import SagaCore

extension ReadTransaction {
    /// Every view that the store keeps rows of.
    public func views() throws -> [StoredView] {
        var views: [StoredView] = []
        let rows = try Row.fetchAll(
            db, sql: "SELECT id, name, older, position, done, total FROM view ORDER BY id")
        for row in rows {
            guard let id = row.integer(0), (1...Self.countMax).contains(id),
                let name = String.fromDatabaseValue(row[1]),
                let older = Int64?.fromDatabaseValue(row[2]), let position = Int64?.fromDatabaseValue(row[3])
            else { throw StoreError(.corrupt, "a row of 'view' holds values of other types; restore a backup") }
            var view = StoredView(id: id, name: name)
            view.olderUntil = older
            if let position {
                // For people alone.
                var rebuild = StoredView.Rebuild(total: min(max(0, row.integer(5) ?? 0), Self.countMax))
                rebuild.position = position
                rebuild.done = min(max(0, row.integer(4) ?? 0), Self.countMax)
                view.rebuild = rebuild
            }
            views.append(view)
        }
        let digests = try Row.fetchAll(db, sql: "SELECT view, workflow, digest FROM view_definition")
        for row in digests {
            // What does not read counts as another definition: the rows are rebuilt.
            guard let index = views.firstIndex(where: { $0.id == row.integer(0) }),
                let workflow = String.fromDatabaseValue(row[1])
            else { continue }
            views[index].digests[workflow] = row.integer(2).map(UInt64.init(bitPattern:))
        }
        return views
    }

    /// The rows of a view, newest saga first, one at a time. Those that do not read are left out: one of them must not hide the others.
    /// - Parameters:
    ///   - key: only those that are found by it.
    ///   - before: only sagas with numbers below it.
    ///   - body: says whether it wants another.
    public func eachRow(
        ofView view: Int64, key: String? = nil, before: Int64 = .max, _ body: (ViewRow) throws -> Bool
    ) throws {
        let rows: RowCursor
        if let key {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(ViewRow.columns) FROM view_row INDEXED BY view_row_key
                    CROSS JOIN saga ON number = view_row.saga
                    WHERE view = ? AND key = ? AND view_row.saga < ? ORDER BY view_row.saga DESC
                    """)
            rows = try Row.fetchCursor(statement, arguments: [view, ViewRow.digest(of: key), before])
        } else {
            let statement = try db.cachedStatement(
                sql: """
                    SELECT \(ViewRow.columns) FROM view_row CROSS JOIN saga ON number = view_row.saga
                    WHERE view = ? AND view_row.saga < ? ORDER BY view_row.saga DESC
                    """)
            rows = try Row.fetchCursor(statement, arguments: [view, before])
        }
        while let found = try rows.next() {
            guard let row = try? ViewRow(found, db, seals) else { continue }
            // Another key may have the same hash.
            if let key, row.key != key { continue }
            if try !body(row) { return }
        }
    }

    /// What a list shows of a saga, as it was given with its row; `nil` when there is none.
    /// - Throws: ``StoreError`` `unreadable`, also when the saga was put aside since.
    public func summary(of saga: SagaRow) throws -> [UInt8]? {
        let statement = try db.cachedStatement(sql: "SELECT summary FROM saga WHERE number = ?")
        guard let found = try Row.fetchOne(statement, arguments: [saga.id.number]) else { return nil }
        guard let sealed = found.optionalBlob(0) else {
            throw StoreError(.unreadable, "the summary of saga \(saga.id) holds a value of another type")
        }
        guard let sealed else { return nil }
        do {
            return try seals.bytes(sealed, at: .summary(saga), of: saga.id, db)
        } catch let error as KeyRing.Broken {
            throw StoreError(.unreadable, "the summary of saga \(saga.id): \(error.message)")
        }
    }

    /// Sagas with numbers above one, the oldest first; rows that do not read are left out.
    /// - Returns: them, and the number up to which was looked; `nil` when there are no more behind it.
    public func sagas(after number: Int64, limit: Int) throws -> (rows: [SagaRow], upTo: Int64?) {
        let statement = try db.cachedStatement(
            sql: "SELECT \(Self.columns) FROM saga WHERE number > ? ORDER BY number LIMIT ?")
        let found = try Row.fetchAll(statement, arguments: [number, limit])
        return (found.compactMap { try? Self.row($0) }, found.count < limit ? nil : found.last?.integer(0))
    }

    /// How many sagas there are, live and ended.
    public func sagaCount() throws -> Int64 { try Int64.fetchOne(db, sql: "SELECT count(*) FROM saga") ?? 0 }
}
