internal import Foundation
internal import GRDB
internal import SagaCore

/// What a saga shows in lists and views is sealed anew with the first row of its history: every saga that is older than the key has one,
/// and the walk through the history comes by it once. What is written meanwhile is under the new key already.
extension SagaStore {
    /// The rows of one saga that are to be sealed anew.
    struct Shown {
        var saga: SagaRow
        /// Opened; `nil` where there is none, where it does not open, and where it is under the new key.
        var summary: [UInt8]?
        var rows: [ViewRow] = []
    }

    /// What the sagas show whose histories begin among these rows. Read before the transaction, as nothing is read inside of one.
    func shown(besides history: [Row], _ db: Database) throws -> [Shown] {
        let reading = ReadTransaction(db, keys.ring)
        let prefix = keys.ring.prefix
        let views = try Int64.fetchAll(db, sql: "SELECT id FROM view")
        let summary = try db.cachedStatement(sql: "SELECT summary FROM saga WHERE number = ?")
        let row = try db.cachedStatement(
            sql: "SELECT \(ViewRow.columns) FROM view_row WHERE view = ? AND saga = ?")
        return try history.compactMap { first in
            guard let number = first.integer(1), first.integer(2) == 1,
                let saga = try? reading.saga(number: number)
            else { return nil }
            var shown = Shown(saga: saga)
            let sealed = try Row.fetchOne(summary, arguments: [number]).flatMap { Data.fromDatabaseValue($0[0]) }
            // One that does not open hinders no other: whoever lists it reads its history.
            if let sealed, !sealed.starts(with: prefix) {
                shown.summary = try? keys.ring.open(sealed, at: .summary(saga))
            }
            for view in views {
                guard let found = try Row.fetchOne(row, arguments: [view, number]),
                    let data = Data.fromDatabaseValue(found[4]), !data.starts(with: prefix)
                else { continue }
                if let row = try? ViewRow(found, keys.ring) { shown.rows.append(row) }
            }
            return shown.summary == nil && shown.rows.isEmpty ? nil : shown
        }
    }

    func reseal(_ shown: [Shown], _ db: Database) throws {
        let update = try db.cachedStatement(sql: "UPDATE saga SET summary = ? WHERE number = ?")
        let writing = WriteTransaction(db, keys.ring)
        for one in shown {
            if let summary = one.summary {
                try update.execute(arguments: [
                    try keys.ring.seal(summary, at: .summary(one.saga)), one.saga.id.number,
                ])
            }
            for row in one.rows { try writing.put(row) }
        }
    }
}
