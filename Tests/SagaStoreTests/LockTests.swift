import Foundation
import Glibc
import SagaStore
import Testing

struct LockTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    @Test func `a second process is refused and told who holds the store`() async throws {
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        let path = folder.store
        await #expect(processExitsWith: .success) { [path = path as String, holder = getpid() as Int32] in
            let error = failure(opening: path)
            #expect(error?.code == .locked)
            #expect(
                error?.message
                    == "the store '\(path)' is in use by process \(holder); stop that daemon, or name another state directory"
            )
        }
        try store.add(Sample.id(1))
    }

    @Test func `a second open in the same process is refused too`() throws {
        let store = try SagaStore.open(at: folder.store)
        #expect(failure(opening: folder.store)?.code == .locked)
        store.close()
    }

    @Test func `closing releases the lock, and so does dropping the store`() throws {
        let first = try SagaStore.open(at: folder.store)
        first.close()
        _ = try SagaStore.open(at: folder.store)
        let third = try SagaStore.open(at: folder.store)
        third.close()
    }

    @Test(arguments: [true, false])
    func `a closed store says so to whoever comes later`(inMemory: Bool) throws {
        let store = inMemory ? try SagaStore.inMemory() : try SagaStore.open(at: folder.store)
        store.close()
        store.close()
        let closed = StoreError.Code.closed
        #expect(failure { () throws(StoreError) in try store.read { try $0.lastNumber() } }?.code == closed)
        #expect(failure { () throws(StoreError) in try store.write { _ in } }?.code == closed)
        #expect(failure { () throws(StoreError) in try store.probe() }?.code == closed)
        #expect(
            failure { () throws(StoreError) in try store.synchronous() }?.message
                == "the store '\(store.path)' is closed")
    }

    @Test func `a store that did not open holds no lock`() throws {
        try folder.write("no database at all, but a text".utf8)
        #expect(failure(opening: folder.store)?.code == .notADatabase)
        try FileManager.default.removeItem(atPath: folder.store)
        try SagaStore.open(at: folder.store).close()
    }

    @Test func `the kernel releases the lock of a process that was killed`() async throws {
        let path = folder.store
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            _ = try SagaStore.open(at: path)
            kill(getpid(), SIGKILL)
        }
        try SagaStore.open(at: folder.store).close()
    }

    @Test func `a store is the same one behind a symbolic link`() throws {
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        try FileManager.default.createSymbolicLink(atPath: folder.file("link.db"), withDestinationPath: folder.store)
        #expect(failure(opening: folder.file("link.db"))?.code == .locked)
    }
}
