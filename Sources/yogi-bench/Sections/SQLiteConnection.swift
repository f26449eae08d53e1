import GRDBSQLite

/// A connection by SQLite's own interface in C, with nothing between.
final class SQLiteConnection {
    private let handle: OpaquePointer

    /// Opens a database that is there.
    init(path: String) throws {
        var opened: OpaquePointer?
        guard sqlite3_open_v2(path, &opened, SQLITE_OPEN_READWRITE | SQLITE_OPEN_NOMUTEX, nil) == SQLITE_OK, let opened
        else { throw BenchFailure("libsqlite3 cannot open '\(path)'") }
        handle = opened
    }

    deinit { sqlite3_close_v2(handle) }

    static var version: String { String(cString: sqlite3_libversion()) }

    /// Bytes of the database once its write-ahead log is in it; nobody else has it open.
    static func bytes(path: String) throws -> Int {
        let connection = try SQLiteConnection(path: path)
        guard try connection.integer("PRAGMA wal_checkpoint(TRUNCATE)") == 0 else {
            throw BenchFailure("'\(path)' is still in use")
        }
        let pages = try connection.integer("PRAGMA page_count")
        return Int(pages * (try connection.integer("PRAGMA page_size")))
    }

    func execute(_ sql: String) throws {
        try check(sqlite3_exec(handle, sql, nil, nil, nil))
    }

    /// The first column of the first row, as a number.
    func integer(_ sql: String) throws -> Int64 {
        let statement = try prepare(sql)
        defer { sqlite3_finalize(statement) }
        guard sqlite3_step(statement) == SQLITE_ROW else { throw failure() }
        return sqlite3_column_int64(statement, 0)
    }

    /// A statement that is kept; the caller finalizes it.
    func prepare(_ sql: String) throws -> OpaquePointer {
        var statement: OpaquePointer?
        try check(sqlite3_prepare_v3(handle, sql, -1, UInt32(SQLITE_PREPARE_PERSISTENT), &statement, nil))
        guard let statement else { throw failure() }
        return statement
    }

    /// Runs a statement that gives no rows, and makes it ready for the next time.
    func run(_ statement: OpaquePointer) throws {
        guard sqlite3_step(statement) == SQLITE_DONE else { throw failure() }
        try check(sqlite3_reset(statement))
    }

    private func check(_ code: Int32) throws {
        guard code == SQLITE_OK else { throw failure() }
    }

    private func failure() -> BenchFailure {
        BenchFailure("libsqlite3: \(String(cString: sqlite3_errmsg(handle)))")
    }
}
