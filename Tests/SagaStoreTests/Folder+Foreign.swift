import GRDB

/// The store's file in the hands of others.
extension Folder {
    /// Runs statements that write whatever they like, past STRICT and NOT NULL, as another program or a damaged page does; the tables are
    /// as they were then.
    func foreign(_ statements: [String]) throws {
        try raw { db in
            let before = try Row.fetchAll(db, sql: "SELECT name, sql FROM sqlite_schema WHERE type = 'table'").map {
                (name: $0[0] as String, sql: $0[1] as String?)
            }
            try db.execute(sql: Self.loosened)
            for sql in statements { try db.execute(sql: sql) }
            try db.execute(sql: "PRAGMA writable_schema = ON")
            for table in before {
                try db.execute(
                    sql: "UPDATE sqlite_schema SET sql = ? WHERE name = ?", arguments: [table.sql, table.name])
            }
            try db.execute(sql: "PRAGMA writable_schema = RESET")
        }
    }

    /// Runs on a connection of its own, with no transaction.
    func raw<T>(_ body: (Database) throws -> T) throws -> T {
        let raw = try DatabaseQueue(path: store)
        defer { try? raw.close() }
        return try raw.writeWithoutTransaction(body)
    }

    private static let loosened = """
        PRAGMA writable_schema = ON;
        UPDATE sqlite_schema SET sql = replace(replace(replace(
            sql, ' STRICT, WITHOUT ROWID', ' WITHOUT ROWID'), ' STRICT', ''), ' NOT NULL', '') WHERE type = 'table';
        PRAGMA writable_schema = RESET;
        """
}
