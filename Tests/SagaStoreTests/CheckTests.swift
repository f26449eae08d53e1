import Foundation
import GRDB
import Glibc
import SagaStore
import Testing

/// A damaged store is found when it is opened, and nothing of it is changed.
struct CheckTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    /// A store of some hundred pages.
    private func fill(_ store: SagaStore) throws(StoreError) {
        for number in 0..<200 { try store.add(Sample.id(number), state: String(repeating: "x", count: 2_000)) }
    }

    /// Overwrites a page in the middle, which no start would read.
    private func damage() throws {
        let handle = try FileHandle(forUpdating: URL(fileURLWithPath: folder.store))
        try handle.seek(toOffset: UInt64(folder.bytes().count / 4_096 / 2 * 4_096))
        try handle.write(contentsOf: Data(repeating: 0xA5, count: 4_096))
        try handle.close()
    }

    @Test func `a damaged page is found at the next start, named, and not touched`() throws {
        let store = try SagaStore.open(at: folder.store)
        try fill(store)
        store.close()
        try damage()
        let before = folder.bytes()
        for _ in 0..<2 {
            let error = failure(opening: folder.store)
            #expect(error?.code == .corrupt)
            let message = error?.message ?? ""
            #expect(
                message.hasPrefix("the store '\(folder.store)' is damaged ("), "\(message)")
            #expect(
                message.hasSuffix(
                    "); it was not touched: keep it for a report, and put a backup in its place with 'yogiyogid restore FILE'"
                ))
            #expect(folder.bytes() == before)
            #expect(folder.names == ["sagas.db", "sagas.db.key", "sagas.db.lock", "sagas.db.now"])
        }
    }

    /// Opening it for writing would have moved the log into the damaged file.
    @Test func `with commits in the log of a process that was killed, file and log stay as they are`() async throws {
        let path = folder.store
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try SagaStore.open(at: path)
            for number in 0..<200 { try store.add(Sample.id(number), state: String(repeating: "x", count: 20_000)) }
            kill(getpid(), SIGKILL)
        }
        try damage()
        let (file, log) = (folder.bytes(), folder.bytes("sagas.db-wal"))
        #expect(!log.isEmpty)
        #expect(failure(opening: folder.store)?.code == .corrupt)
        #expect(folder.bytes() == file)
        #expect(folder.bytes("sagas.db-wal") == log)
    }

    @Test func `a store that was read and is closed leaves no log`() throws {
        let store = try SagaStore.open(at: folder.store)
        try store.add(Sample.id(1))
        #expect(try store.count == 1)
        store.close()
        #expect(folder.names == ["sagas.db", "sagas.db.key", "sagas.db.lock", "sagas.db.now"])
    }

    @Test func `a store that stands as it was left is not looked through, one that was changed or killed is`() throws {
        try SagaStore.open(at: folder.store).close()
        let asLeft = try SagaStore.open(at: folder.store)
        #expect(!asLeft.isChecked)
        #expect(try asLeft.check(limit: .seconds(60)))
        try asLeft.add(Sample.id(1))
        asLeft.close()
        // Anything that sets the file's time: a copy, an editor.
        utimes(folder.store, nil)
        let touched = try SagaStore.open(at: folder.store)
        #expect(touched.isChecked)
        touched.close()
    }

    @Test func `damage that came while nobody looked is found by the check beside the work`() throws {
        let store = try SagaStore.open(at: folder.store)
        try fill(store)
        store.close()
        let again = try SagaStore.open(at: folder.store)
        defer { again.close() }
        try damage()
        #expect(failure { () throws(StoreError) in try again.check(limit: .seconds(60)) }?.code == .corrupt)
    }
}
