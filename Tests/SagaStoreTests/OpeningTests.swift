import Foundation
import GRDB
import Glibc
import SagaCore
import Testing

@testable import SagaStore

struct OpeningTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    @Test(arguments: [true, false])
    func `a store begins with a missing or an empty file, which only its user may read`(isThere: Bool) throws {
        if isThere { try folder.write([]) }
        if isThere { chmod(folder.store, 0o600) }
        let store = try SagaStore.open(at: folder.store)
        try store.add(Sample.id(1))
        for name in ["sagas.db", "sagas.db-wal", "sagas.db-shm", "sagas.db.lock", "sagas.db.key"] {
            var found = stat()
            #expect(stat(folder.file(name), &found) == 0)
            #expect(found.st_mode & 0o777 == 0o600, "\(name)")
        }
        store.close()
        let raw = try DatabaseQueue(path: folder.store)
        let tables = try raw.read { db in
            try String.fetchAll(db, sql: "SELECT name FROM sqlite_schema WHERE sql IS NOT NULL ORDER BY name")
        }
        #expect(
            tables == [
                "commit_log", "consumer", "data_key", "early_signal", "early_signal_key", "early_signal_until", "feed",
                "grdb_migrations", "history", "history_place", "job", "job_open", "job_saga", "restore", "saga",
                "saga_find", "saga_live", "saga_serial", "serial_given",
                "sqlite_sequence", "suspect", "tag", "view", "view_definition", "view_row", "view_row_key", "workflow",
            ])
        #expect(try raw.read { try Int.fetchOne($0, sql: "PRAGMA application_id") } == 0x796F_6769)
    }

    @Test(arguments: ["hello\n", String(repeating: "A guest's diary, which is no database. ", count: 300)])
    func `a file that is no database is refused and left as it is`(_ text: String) throws {
        try folder.write(text.utf8)
        let error = failure(opening: folder.store)
        #expect(error?.code == .notADatabase)
        #expect(
            error?.message
                == "cannot open the store '\(folder.store)': file is not a database (26): it is no SQLite database; "
                + "name another file or move this one away")
        #expect(folder.bytes() == Data(text.utf8))
        #expect(folder.names == ["sagas.db", "sagas.db.lock"])
    }

    @Test(arguments: ["DELETE", "WAL"])
    func `another program's database is refused and left as it is`(mode: String) throws {
        let other = try DatabaseQueue(path: folder.store)
        try other.writeWithoutTransaction { db in
            try db.execute(
                sql: "PRAGMA journal_mode = \(mode); CREATE TABLE guest(name TEXT); INSERT INTO guest VALUES('Ann')")
        }
        try other.close()
        let before = folder.bytes()
        let error = failure(opening: folder.store)
        #expect(error?.code == .notADatabase)
        #expect(
            error?.message == "'\(folder.store)' is an SQLite database, but not yogiyogi's; name another file")
        #expect(folder.bytes() == before)
    }

    @Test func `an empty database that another program has claimed is refused`() throws {
        let other = try DatabaseQueue(path: folder.store)
        try other.writeWithoutTransaction { try $0.execute(sql: "PRAGMA application_id = 7") }
        try other.close()
        #expect(failure(opening: folder.store)?.code == .notADatabase)
    }

    @Test func `a newer version's store is refused and left as it is`() throws {
        try SagaStore.open(at: folder.store).close()
        let newer = try DatabaseQueue(path: folder.store)
        try newer.write { try $0.execute(sql: "INSERT INTO grdb_migrations VALUES('2999')") }
        try newer.close()
        let before = folder.bytes()
        let error = failure(opening: folder.store)
        #expect(error?.code == .newer)
        #expect(
            error?.message
                == "'\(folder.store)' was written by a newer yogiyogi; install that version or a later one")
        #expect(folder.bytes() == before)
    }

    @Test func `a change of the tables is one migration more, which a program that does not know it refuses`() throws {
        let store = try SagaStore.open(at: folder.store)
        let row = try store.add(Sample.id(1), state: "A")
        store.close()
        var next = Schema.migrator
        next.registerMigration("2") { try $0.execute(sql: "ALTER TABLE saga ADD COLUMN note TEXT") }
        let queue = try DatabaseQueue(path: folder.store)
        try next.migrate(queue)
        #expect(try queue.read { try Int64.fetchOne($0, sql: "SELECT number FROM saga") } == row.id.number)
        #expect(try queue.read { try next.hasCompletedMigrations($0) })
        try queue.close()
        #expect(failure(opening: folder.store)?.code == .newer)
    }

    @Test func `a crash between claiming the file and its tables leaves a store that opens`() throws {
        let raw = try DatabaseQueue(path: folder.store)
        try raw.writeWithoutTransaction { db in
            try db.execute(
                sql:
                    "PRAGMA application_id = \(0x796F_6769); CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY)"
            )
        }
        try raw.close()
        let store = try SagaStore.open(at: folder.store)
        try store.add(Sample.id(1))
        store.close()
    }

    @Test func `a folder that is not there is named`() {
        let error = failure(opening: folder.file("nowhere/sagas.db"))
        #expect(error?.code == .cannotOpen)
        #expect(
            error?.message
                == "cannot open the lock '\(folder.file("nowhere/sagas.db")).lock': No such file or directory; "
                + "check that the folder exists and that this user may write in it")
    }

    @Test func `a folder where a file should be is no store`() throws {
        try FileManager.default.createDirectory(atPath: folder.store, withIntermediateDirectories: false)
        let error = failure(opening: folder.store)
        #expect(error?.code == .cannotOpen)
        #expect(error?.message == "the store '\(folder.store)' is no file; name another path")
    }

    /// Root may write everywhere, so the child becomes another user first.
    @Test func `a folder that this user may not write is refused`() async throws {
        chmod(folder.path, 0o555)
        defer { chmod(folder.path, 0o755) }
        let path = folder.store
        await #expect(processExitsWith: .success) { [path = path as String] in
            Nobody.become()
            let error = failure(opening: path)
            #expect(error?.code == .readOnly)
            #expect(
                error?.message
                    == "cannot open the lock '\(path).lock': Permission denied; "
                    + "check that the folder exists and that this user may write in it")
        }
        #expect(folder.names.isEmpty)
    }

    @Test func `a file that this user may not write is refused at the start and not at the first guest`() async throws {
        try SagaStore.open(at: folder.store).close()
        chmod(folder.store, 0o444)
        chmod(folder.file("sagas.db.lock"), 0o666)
        chown(folder.file("sagas.db.key"), 65_534, 65_534)
        chmod(folder.path, 0o777)
        let path = folder.store
        await #expect(processExitsWith: .success) { [path = path as String] in
            Nobody.become()
            #expect(failure(opening: path)?.code == .readOnly)
        }
    }

    @Test func `a file that was cut off is refused as damaged`() throws {
        let store = try SagaStore.open(at: folder.store)
        for number in 0..<200 { try store.add(Sample.id(number), state: String(repeating: "x", count: 200)) }
        store.close()
        truncate(folder.store, off_t(folder.bytes().count / 2))
        let error = failure(opening: folder.store)
        #expect(error?.code == .corrupt)
        #expect(error?.message.hasSuffix("put a backup in its place with 'yogiyogid restore FILE'") == true)
    }
}

/// A user without rights.
enum Nobody {
    static func become() {
        guard getuid() == 0 else { return }
        setgroups(0, nil)
        setgid(65_534)
        setuid(65_534)
    }
}
