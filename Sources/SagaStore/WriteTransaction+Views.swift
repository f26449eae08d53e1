internal import GRDB
internal import SagaCore

extension WriteTransaction {
    /// Writes what a saga shows in a view, in place of what it showed.
    /// - Parameter workflow: the row of its saga's workflow, by whose phrases it is packed.
    public func put(_ row: ViewRow, workflow: Int64 = 0) throws {
        let data = try row.sealed(by: seals, workflow: workflow)
        let number = row.saga.number
        // The key of most stays, and so its entry in the index.
        try db.cachedStatement(sql: "UPDATE view_row SET data = ? WHERE view = ? AND saga = ? AND key IS ?")
            .execute(arguments: [data, row.view, number, row.digest])
        if db.changesCount > 0 { return }
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO view_row(view, saga, key, data) VALUES(?, ?, ?, ?)")
            .execute(arguments: [row.view, number, row.digest, data])
    }

    /// The saga shows nothing in the view any more; nothing happens when it did not.
    public func removeRow(ofView view: Int64, saga: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM view_row WHERE view = ? AND saga = ?").execute(arguments: [view, saga])
    }

    /// Keeps a view, in place of what has its id.
    public func save(_ view: StoredView) throws {
        try db.execute(
            sql: """
                INSERT OR REPLACE INTO view(id, name, older, position, done, total) VALUES(?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                view.id, view.name, view.olderUntil, view.rebuild?.position, view.rebuild?.done, view.rebuild?.total,
            ])
        try db.execute(sql: "DELETE FROM view_definition WHERE view = ?", arguments: [view.id])
        for (workflow, digest) in view.digests.sorted(by: { $0.key < $1.key }) {
            try db.execute(
                sql: "INSERT INTO view_definition(view, workflow, digest) VALUES(?, ?, ?)",
                arguments: [view.id, workflow, Int64(bitPattern: digest)])
        }
    }
}
