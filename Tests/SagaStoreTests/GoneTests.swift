import Foundation
import Glibc
import Testing

@testable import SagaStore

/// Rule 25: files that were deleted, moved or replaced under an open store are not written to as if nobody had noticed.
@Suite struct GoneTests {
    static let names = ["sagas.db", "sagas.db-wal", "sagas.db-shm", "sagas.db.lock"]

    let folder: Folder

    init() throws { folder = try Folder() }

    private func store() throws -> SagaStore {
        let store = try SagaStore.open(at: folder.store)
        try store.add(Sample.id(1))
        return store
    }

    private func move(_ name: String, to other: String) throws {
        try #require(rename(folder.file(name), folder.file(other)) == 0)
    }

    private func gone(_ words: String, _ name: String) -> StoreError {
        StoreError(.gone, "the store's file '\(folder.file(name))' \(words)")
    }

    /// What every kind of write says; none keeps anything.
    private func refusals(_ store: SagaStore) -> Set<StoreError?> {
        [
            failure { () throws(StoreError) in try store.add(Sample.id(2)) },
            failure { () throws(StoreError) in try store.probe() },
            failure { () throws(StoreError) in try store.probe(writing: true) },
            failure { () throws(StoreError) in _ = try store.giveBack() },
            failure { () throws(StoreError) in try store.checkFiles() },
        ]
    }

    @Test(arguments: names) func `a file that was moved away is missed, and all goes on when it is back`(name: String)
        throws
    {
        let store = try store()
        defer { store.close() }
        for _ in 0..<2 {
            try move(name, to: "elsewhere")
            #expect(refusals(store) == [gone("was moved away; put it back, and the daemon goes on", name)])
            try move("elsewhere", to: name)
            try store.checkFiles()
        }
        try store.add(Sample.id(3))
        #expect(try store.count == 2)
    }

    @Test(arguments: names) func `a file that was deleted stays missing, whatever is put in its place`(name: String)
        throws
    {
        let store = try store()
        defer { store.close() }
        unlink(folder.file(name))
        let words =
            "was deleted; what the daemon knows is saved by 'yogictl backup FILE', before it is stopped, and put in place by "
            + "'yogiyogid restore FILE'"
        #expect(refusals(store) == [gone(words, name)])
        try folder.write([], name)
        #expect(refusals(store) == [gone(words, name)])
        // What was committed before is read.
        #expect(try store.count == 1)
    }

    @Test(arguments: names) func `another file in its place is not taken for it, nor is the old one any more`(
        name: String
    ) throws {
        let store = try store()
        defer { store.close() }
        try move(name, to: "elsewhere")
        try FileManager.default.copyItem(atPath: folder.file("elsewhere"), toPath: folder.file(name))
        let words =
            "is another file now; what the daemon knows is saved by 'yogictl backup FILE', before it is stopped, and it takes "
            + "nothing until it is started anew, by the file that is there"
        #expect(refusals(store) == [gone(words, name)])
        try move("elsewhere", to: name)
        #expect(refusals(store) == [gone(words, name)])
    }

    @Test func `a store whose folder was moved, or is a link that leads elsewhere now, is gone`() throws {
        let (real, link) = (folder.file("real"), folder.file("link"))
        for name in ["real", "other"] {
            try FileManager.default.createDirectory(atPath: folder.file(name), withIntermediateDirectories: false)
        }
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: real)
        try SagaStore.open(at: folder.file("other/sagas.db")).close()
        let store = try SagaStore.open(at: link + "/sagas.db")
        defer { store.close() }
        try move("real", to: "elsewhere")
        #expect(failure { () throws(StoreError) in try store.add(Sample.id(1)) }?.code == .gone)
        try move("elsewhere", to: "real")
        try store.add(Sample.id(1))
        unlink(link)
        try FileManager.default.createSymbolicLink(atPath: link, withDestinationPath: folder.file("other"))
        let error = failure { () throws(StoreError) in try store.add(Sample.id(2)) }
        #expect(error?.message.contains("is another file now") == true)
    }

    @Test func `what was deleted is saved by a backup, by every reader, and is a whole store`() throws {
        let store = try store()
        for name in Self.names { unlink(folder.file(name)) }
        let backup = try store.backup()
        try folder.write(try backup.read(from: 0, max: Int(backup.bytes)), "backup")
        store.close()
        try folder.write(folder.bytes("sagas.db.key"), "backup.key")
        try #require(chmod(folder.file("backup.key"), 0o600) == 0)
        let saved = try SagaStore.open(at: folder.file("backup"), keys: .file)
        defer { saved.close() }
        #expect(try saved.count == 1)
    }

    @Test func `a log that was deleted is written into the database by a clean end`() throws {
        let store = try store()
        for end in ["-wal", "-shm"] { unlink(folder.store + end) }
        #expect(failure { () throws(StoreError) in try store.add(Sample.id(2)) }?.code == .gone)
        store.close()
        let after = try SagaStore.open(at: folder.store)
        defer { after.close() }
        #expect(try after.count == 1)
    }

    @Test
    func `a file that was put in the store's place is left alone at the end, and looked through at the next start`()
        throws
    {
        let other = try Folder()
        try SagaStore.open(at: other.store).close()
        let store = try store()
        try move("sagas.db", to: "elsewhere")
        try FileManager.default.copyItem(atPath: other.store, toPath: folder.store)
        let before = folder.bytes()
        store.close()
        #expect(folder.bytes() == before)
        #expect(!String(decoding: folder.bytes("sagas.db.lock"), as: UTF8.self).contains("clean"))
    }
}
