import Foundation
import GRDB
import Glibc
import SagaCore
import Synchronization
import TestPrograms
import Testing

@testable import SagaStore

struct BackupTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    /// Writes the copy to a file, and its key beside it.
    private func save(_ backup: StoreBackup, _ name: String) throws {
        var bytes: [UInt8] = []
        while Int64(bytes.count) < backup.bytes { bytes += try backup.read(from: Int64(bytes.count), max: 10_000) }
        #expect(try backup.read(from: backup.bytes, max: 10).isEmpty)
        try folder.write(bytes, name)
        chmod(folder.file(name), 0o600)
        try folder.write(folder.bytes("sagas.db.key"), name + ".key")
        chmod(folder.file(name + ".key"), 0o600)
    }

    @Test func `a copy is the store as of one commit, while another thread writes, and leaves nothing behind`() throws {
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        try store.add(Sample.id(0))
        let isOver = Mutex(false)
        let ended = DispatchSemaphore(value: 0)
        let written = Mutex(1)
        Thread {
            while !isOver.withLock({ $0 }) {
                let next = written.withLock { $0 }
                // Two sagas a commit: half of one would be seen.
                try? store.write { transaction throws in
                    for number in [2 * next, 2 * next + 1] {
                        let id = Sample.id(number)
                        try transaction.append(Sample.records("A"), saga: id.number, n: 1, at: Sample.start)
                        try transaction.insert(
                            SagaRow(id: id, workflow: 1, status: .waiting, state: "A", due: SagaRow.never, last: 1))
                    }
                }
                written.withLock { $0 += 1 }
            }
            ended.signal()
        }.start()
        for round in 0..<5 {
            let least = written.withLock { $0 }
            while written.withLock({ $0 }) < least + 20 { sched_yield() }
            try save(try store.backup(), "copy-\(round).db")
            let copy = try SagaStore.open(at: folder.file("copy-\(round).db"))
            let count = try copy.count
            #expect(count >= 2 * (least - 1) && count % 2 == 1)
            #expect(try copy.check(limit: .seconds(60)))
            copy.close()
        }
        isOver.withLock { $0 = true }
        ended.wait()
        #expect(folder.names.filter { $0.contains("backup") } == [])
    }

    @Test func `what a crash left of a copy is gone at the next start`() throws {
        try folder.write([1, 2, 3], "sagas.db.backup-0000")
        try SagaStore.open(at: folder.store).close()
        #expect(!folder.names.contains("sagas.db.backup-0000"))
    }

    @Test(.enabled(if: SmallDisk.isPermitted, "SKIPPED: needs root to mount a small tmpfs"))
    func `a backup does not fill the disk`() throws {
        let disk = try SmallDisk(size: "1m")
        let store = try SagaStore.open(at: "\(disk.path)/sagas.db")
        defer { store.close() }
        try disk.fill()
        let error = failure { () throws(StoreError) in try store.backup() }
        #expect(error?.code == .full)
        #expect(error?.message.hasPrefix("a backup takes ") == true)
        #expect(try FileManager.default.contentsOfDirectory(atPath: disk.path).allSatisfy { !$0.contains("backup") })
    }
}

/// A backup in the place of the store.
struct RestoreTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    private let now = Sample.start
    private var aside: String { folder.file("sagas.db.before-20260101T000000000") }

    /// A store with one saga, backed up, and then another one.
    private func backUp(then closing: Bool = true) throws {
        let store = try SagaStore.open(at: folder.store)
        try store.add(Sample.id(1), state: "Old")
        let backup = try store.backup()
        try folder.write(try backup.read(from: 0, max: Int(backup.bytes)), "b.db")
        try store.add(Sample.id(2), state: "New")
        store.close()
    }

    private func count(_ path: String) throws -> Int {
        let queue = try DatabaseQueue(path: path)
        defer { try? queue.close() }
        return try queue.read { try Int.fetchOne($0, sql: "SELECT count(*) FROM saga") ?? -1 }
    }

    @Test func `the backup takes the place of the store, which is kept, and says what it knows`() throws {
        try backUp()
        let restored = try Restore.run(from: folder.file("b.db"), to: folder.store, at: now)
        #expect(restored == Restore(asOf: Sample.start, live: 1, aside: aside))
        #expect(try count(aside) == 2)
        let store = try SagaStore.open(at: folder.store)
        #expect(try store.count == 1)
        #expect(try store.restoreNote() == RestoreNote(asOf: Sample.start, isTold: false, isPaused: true))
        try store.write { transaction throws in
            try transaction.restoreIsTold()
            try transaction.restoreIsOver()
        }
        store.close()
        let again = try SagaStore.open(at: folder.store)
        #expect(try again.restoreNote() == RestoreNote(asOf: Sample.start, isTold: true, isPaused: false))
        again.close()
    }

    @Test func `serials that were given after the backup are not given again, where the old store says which`() throws {
        let store = try SagaStore.open(at: folder.store)
        try store.write { transaction throws in
            _ = try transaction.pin(name: "w", version: "1", digest: "", source: "")
            try transaction.insert(Self.row(1, serial: 1))
        }
        let backup = try store.backup()
        try folder.write(try backup.read(from: 0, max: Int(backup.bytes)), "b.db")
        try store.write { transaction throws in
            for number in 2...9 { try transaction.insert(Self.row(number, serial: Int64(number))) }
        }
        store.close()
        _ = try Restore.run(from: folder.file("b.db"), to: folder.store, at: now)
        let restored = try SagaStore.open(at: folder.store)
        #expect(try restored.count == 1)
        #expect(try restored.lastNumbers().serials == ["w": 9])
        restored.close()
        // Of one that does not read, nothing is known.
        try folder.write(Data("no store".utf8), "sagas.db")
        _ = try Restore.run(from: folder.file("b.db"), to: folder.store, at: now + 1)
        let other = try SagaStore.open(at: folder.store)
        #expect(try other.lastNumbers().serials == ["w": 1])
        other.close()
    }

    private static func row(_ number: Int, serial: Int64) -> SagaRow {
        SagaRow(
            id: Sample.id(number), workflow: 1, status: .waiting, state: "A", due: SagaRow.never, last: 1,
            serial: serial)
    }

    @Test func `with a log that was not moved into it, the old store is kept whole`() async throws {
        try backUp()
        let path = folder.store
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try SagaStore.open(at: path)
            try store.add(Sample.id(3))
            kill(getpid(), SIGKILL)
        }
        _ = try Restore.run(from: folder.file("b.db"), to: folder.store, at: now)
        #expect(try count(aside) == 3)
        #expect(try count(folder.store) == 1)
    }

    @Test func `what is no backup of ours is refused, and the store stays as it is`() throws {
        try backUp()
        let before = folder.bytes()
        try folder.write(
            "A guest's diary, which is no database. And long enough to be one, by the look of it.".utf8, "text")
        try folder.write(folder.bytes("b.db").prefix(20_000), "half.db")
        let other = try DatabaseQueue(path: folder.file("other.db"))
        try other.write { try $0.execute(sql: "CREATE TABLE guest(name TEXT)") }
        try other.close()
        for (name, code) in [
            ("text", StoreError.Code.notADatabase), ("half.db", .corrupt), ("other.db", .notADatabase),
            ("nowhere", .cannotOpen), ("sagas.db", .failed),
        ] {
            let error = failure { () throws(StoreError) in
                try Restore.run(from: folder.file(name), to: folder.store, at: now)
            }
            #expect(error?.code == code, "\(name): \(error?.message ?? "")")
        }
        #expect(folder.bytes() == before)
        #expect(!folder.names.contains { $0.hasPrefix("sagas.db.restor") || $0.hasPrefix("sagas.db.before") })
        let store = try SagaStore.open(at: folder.store)
        let used = failure { () throws(StoreError) in
            try Restore.run(from: folder.file("b.db"), to: folder.store, at: now)
        }
        #expect(used?.code == .locked)
        #expect(try store.count == 2)
        store.close()
    }

    @Test func `a backup that is sealed by another key is refused`() throws {
        try backUp()
        unlink(folder.file("sagas.db.key"))
        unlink(folder.store)
        try SagaStore.open(at: folder.store).close()
        let error = failure { () throws(StoreError) in
            try Restore.run(from: folder.file("b.db"), to: folder.store, at: now)
        }
        #expect(error?.code == .key)
    }

    @Test func `a restore that fails behind its note loses neither store`() throws {
        try backUp()
        // The old store's log cannot be moved aside, after the store itself was.
        try folder.write(Data("old log".utf8), "sagas.db-wal")
        try FileManager.default.createDirectory(atPath: aside + "-wal", withIntermediateDirectories: false)
        let error = failure { () throws(StoreError) in
            try Restore.run(from: folder.file("b.db"), to: folder.store, at: now)
        }
        #expect(error?.message == "cannot rename '\(folder.store)-wal' to '\(aside)-wal': Is a directory")
        #expect(folder.names.contains("sagas.db.restoring"))
        rmdir(aside + "-wal")
        let store = try SagaStore.open(at: folder.store)
        #expect(try store.count == 1)
        store.close()
        #expect(folder.bytes("sagas.db.before-20260101T000000000-wal") == Data("old log".utf8))
    }

    /// root restores in the folder of another user, who may have prepared it.
    @Test func `a note and a lock that lead out of the folder are not followed`() throws {
        try backUp()
        let victim = folder.file("victim")
        try folder.write(Data("precious".utf8), "victim")
        try folder.write(Data("a copy".utf8), "sagas.db.restoring")
        try folder.write(Data("\(folder.path)/elsewhere".utf8), "sagas.db.restore")
        let noted = failure { () throws(StoreError) in
            try Restore.run(from: folder.file("b.db"), to: folder.store, at: now)
        }
        #expect(
            noted?.message
                == "'\(folder.store).restore' names 'elsewhere', which no restore does; move it away, and start again")
        #expect(!folder.names.contains("elsewhere"))
        unlink(folder.file("sagas.db.restore"))
        unlink(folder.store + ".lock")
        symlink(victim, folder.store + ".lock")
        symlink(victim, folder.store + ".restore.new")
        let locked = failure { () throws(StoreError) in
            try Restore.run(from: folder.file("b.db"), to: folder.store, at: now)
        }
        #expect(locked?.code == .cannotOpen)
        unlink(folder.store + ".lock")
        _ = try Restore.run(from: folder.file("b.db"), to: folder.store, at: now)
        #expect(folder.bytes("victim") == Data("precious".utf8))
        #expect(try count(aside) == 2)
    }

    /// Each way in which a crash can leave the folder, by how far the renames have come.
    @Test(arguments: 0..<4) func `a crash after the note is finished by the next start`(step: Int) throws {
        try backUp()
        _ = try Restore.run(from: folder.file("b.db"), to: folder.store, at: now)
        // Back to where the note was written …
        rename(folder.store, folder.file("sagas.db.restoring"))
        rename(aside, folder.store)
        try folder.write(Data(aside.utf8), "sagas.db.restore")
        #expect(try count(folder.store) == 2)
        try folder.write(Data("old log".utf8), "sagas.db-wal")
        // … and as far as the crash came.
        if step > 0 { rename(folder.store, aside) }
        if step > 1 { rename(folder.file("sagas.db-wal"), aside + "-wal") }
        if step > 2 { rename(folder.file("sagas.db.restoring"), folder.store) }
        let store = try SagaStore.open(at: folder.store)
        #expect(try store.count == 1)
        #expect(try store.restoreNote()?.isPaused == true)
        store.close()
        #expect(folder.bytes(String((aside + "-wal").split(separator: "/").last ?? "")) == Data("old log".utf8))
        unlink(aside + "-wal")
        #expect(try count(aside) == 2)
        #expect(!folder.names.contains("sagas.db.restore") && !folder.names.contains("sagas.db.restoring"))
    }

    @Test func `a crash before the note leaves the store as it was`() throws {
        try backUp()
        try folder.write(folder.bytes("b.db").prefix(8_192), "sagas.db.restoring")
        let store = try SagaStore.open(at: folder.store)
        #expect(try store.count == 2)
        #expect(try store.restoreNote() == nil)
        store.close()
        #expect(!folder.names.contains("sagas.db.restoring"))
    }
}
