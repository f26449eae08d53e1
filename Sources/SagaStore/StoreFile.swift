internal import GRDB
import Glibc

/// The store's file before SQLite may write to it.
enum StoreFile {
    /// Looks at what is there without changing a byte, as turning another program's database to WAL mode would.
    /// - Parameter limit: for how long it is looked through for damage; `nil`: not at all.
    /// - Returns: its wrapped keys, none of a store that is new; and whether it was looked through.
    /// - Throws: ``StoreError`` `notADatabase` for a file of somebody else, `newer` for a later version's, `corrupt`.
    static func check(_ path: String, for limit: Duration?) throws -> (keys: [WrappedKey], isChecked: Bool) {
        var found = stat()
        guard stat(path, &found) == 0 else { return ([], true) }
        guard found.st_mode & S_IFMT == S_IFREG else {
            throw StoreError(.cannotOpen, "the store '\(path)' is no file; name another path")
        }
        guard found.st_size > 0 else { return ([], true) }
        // Reading makes an empty log and shared memory beside it, which are no part of the store.
        let made = ["-wal", "-shm"].filter { access(path + $0, F_OK) != 0 }
        do {
            return try look(path, limit)
        } catch {
            for end in made { unlink(path + end) }
            guard let error = error as? DatabaseError, error.resultCode == .SQLITE_CORRUPT else { throw error }
            throw StoreCheck.corrupt(path, error.message ?? "malformed")
        }
    }

    private static func look(_ path: String, _ limit: Duration?) throws -> (keys: [WrappedKey], isChecked: Bool) {
        var configuration = Configuration()
        configuration.readonly = true
        let queue = try DatabaseQueue(path: path, configuration: configuration)
        defer { try? queue.close() }
        let keys = try queue.read { db in
            let application = try Int.fetchOne(db, sql: "PRAGMA application_id") ?? 0
            let isEmpty = try Int.fetchOne(db, sql: "SELECT count(*) FROM sqlite_schema") == 0
            guard application == Schema.applicationID || (application == 0 && isEmpty) else {
                throw StoreError(
                    .notADatabase, "'\(path)' is an SQLite database, but not yogiyogi's; name another file")
            }
            guard try !Schema.migrator.hasBeenSuperseded(db) else {
                throw StoreError(
                    .newer, "'\(path)' was written by a newer yogiyogi; install that version or a later one")
            }
            let keys = try WrappedKey.all(db)
            // What it holds would be lost under another key, and nobody would know why.
            guard try !keys.isEmpty || !db.tableExists("saga") || Self.isEmpty(db) else {
                throw StoreError(
                    .key, "the store '\(path)' has sagas and no data key; restore a backup (it was not touched)")
            }
            return keys
        }
        guard let limit else { return (keys, false) }
        return (keys, try StoreCheck.run(queue, store: path, limit: limit))
    }

    /// Whether nothing is in it that could be sealed.
    private static func isEmpty(_ db: Database) throws -> Bool {
        for table in ["saga", "history", "early_signal", "job"] {
            if try Row.fetchOne(db, sql: "SELECT 1 FROM \(table) LIMIT 1") != nil { return false }
        }
        return true
    }

    /// The file that a symbolic link stands for, as SQLite follows it too; the path itself where nothing is yet.
    static func resolved(_ path: String) -> String {
        guard let real = realpath(path, nil) else { return path }
        defer { free(real) }
        return String(cString: real)
    }

    /// The folder that a file stands in.
    static func folder(of path: String) -> String {
        path.lastIndex(of: "/").map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
    }

    /// Makes an empty file that only this user may read, as it says who is a guest; SQLite would take the
    /// umask's mode. What SQLite puts beside it has the same mode.
    static func create(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else {
            let cause = errno
            if cause == EEXIST { return }
            throw StoreError(
                cause == EROFS || cause == EACCES ? .readOnly : .cannotOpen,
                "cannot create the store '\(path)': \(String(cString: strerror(cause))); check the folder and its disk")
        }
        close(descriptor)
    }
}
