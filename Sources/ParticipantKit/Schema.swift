import Foundation
import GRDB

/// How the database comes to be, and what is checked before anything is written to it.
enum Schema {
    /// How long a write waits for another process that holds the database, in seconds; then 503.
    static let busySeconds = 1.0

    static func open(
        path: String, participant: String, migrations: (inout DatabaseMigrator) -> Void
    ) throws(StoreError) -> (pool: DatabasePool, salt: [UInt8]) {
        let folder = path.lastIndex(of: "/").map { String(path[..<$0]) } ?? ""
        guard folder.isEmpty || FileManager.default.fileExists(atPath: folder) else {
            throw StoreError("cannot open the database '\(path)': the folder '\(folder)' does not exist")
        }
        do {
            var configuration = Configuration()
            configuration.busyMode = .timeout(busySeconds)
            configuration.maximumReaderCount = 4
            let pool = try DatabasePool(path: path, configuration: configuration)
            try makeDurable(pool, path)
            try checkOwner(pool, path, participant)
            try migrate(pool, path, participant, migrations)
            return (pool, try salt(pool))
        } catch let error as StoreError {
            throw error
        } catch let error as DatabaseError where error.resultCode == .SQLITE_NOTADB {
            throw StoreError("'\(path)' is not an SQLite database: move it away or name another with --database")
        } catch {
            throw StoreError("cannot open the database '\(path)': \(error)")
        }
    }

    /// GRDB sets NORMAL when the pool opens, whatever its configuration said; a commit could then be lost at a power failure
    /// (platform.md, trap 1). So: afterwards, and read back.
    private static func makeDurable(_ pool: DatabasePool, _ path: String) throws {
        let level = try pool.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA synchronous = FULL")
            return try synchronous(db)
        }
        guard level == 2 else {
            throw StoreError("the database '\(path)' cannot be made durable: PRAGMA synchronous reads \(level), not 2")
        }
    }

    /// 2 is FULL: the WAL is synced before a commit returns.
    static func synchronous(_ db: Database) throws -> Int {
        try Int.fetchOne(db, sql: "PRAGMA synchronous") ?? -1
    }

    /// Before the first write: migrating somebody else's database would damage it.
    private static func checkOwner(_ pool: DatabasePool, _ path: String, _ participant: String) throws {
        let owner: String? = try pool.read { db in
            if try db.tableExists("participant") {
                return try String.fetchOne(db, sql: "SELECT name FROM participant") ?? participant
            }
            let tables = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_master") ?? 0
            return tables == 0 ? participant : nil
        }
        guard owner == participant else {
            let whose = owner.map { "belongs to \($0), not to" } ?? "is the database of another program, not of"
            throw StoreError("'\(path)' \(whose) \(participant): name another with --database")
        }
    }

    private static func migrate(
        _ pool: DatabasePool, _ path: String, _ participant: String, _ migrations: (inout DatabaseMigrator) -> Void
    ) throws {
        var migrator = DatabaseMigrator()
        migrator.registerMigration("participant-kit-1") { db in
            try db.execute(sql: "CREATE TABLE participant (name TEXT NOT NULL, salt BLOB NOT NULL)")
            try db.execute(
                sql: "INSERT INTO participant (name, salt) VALUES (?, randomblob(32))", arguments: [participant])
            try db.execute(sql: KeyRow.schema)
        }
        migrations(&migrator)
        guard try !pool.read(migrator.hasBeenSuperseded) else {
            throw StoreError("'\(path)' was written by a newer version of \(participant): run that one")
        }
        try migrator.migrate(pool)
    }

    private static func salt(_ pool: DatabasePool) throws -> [UInt8] {
        try pool.read { db in Array(try Data.fetchOne(db, sql: "SELECT salt FROM participant") ?? Data()) }
    }
}
