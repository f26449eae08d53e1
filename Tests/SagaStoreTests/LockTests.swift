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

    /// In a process of its own, as it looks at all descriptors.
    @Test func `a refused open closes its own descriptor, and no other's`() async throws {
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        let path = folder.store
        await #expect(processExitsWith: .success) { [path = path as String] in
            func count() -> Int { (try? FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").count) ?? 0 }
            let before = count()
            // Pipes take the numbers that become free; one that was closed for them ends with an error.
            let opening = Thread { for _ in 0..<2_000 { _ = failure(opening: path) } }
            opening.start()
            var broken = 0
            while !opening.isFinished {
                var ends: [Int32] = [0, 0]
                guard pipe(&ends) == 0 else { continue }
                sched_yield()
                for end in ends where close(end) != 0 { broken += 1 }
            }
            #expect(broken == 0)
            // The runtime may open a few of its own.
            #expect(count() < before + 100)
        }
    }

    @Test func `closing releases the lock, and so does dropping the store`() throws {
        let first = try SagaStore.open(at: folder.store)
        first.close()
        _ = try SagaStore.open(at: folder.store)
        let third = try SagaStore.open(at: folder.store)
        third.close()
    }

    @Test func `a copy of the lock's descriptor in a child that has just begun keeps nothing locked`() throws {
        let store = try SagaStore.open(at: folder.store)
        // As fork does: another descriptor of the same open file.
        let descriptors = try FileManager.default.contentsOfDirectory(atPath: "/proc/self/fd").compactMap { Int32($0) }
        let lock = try #require(
            descriptors.first { descriptor in
                let path = try? FileManager.default.destinationOfSymbolicLink(atPath: "/proc/self/fd/\(descriptor)")
                return path == folder.store + ".lock"
            })
        let copy = dup(lock)
        defer { Glibc.close(copy) }
        store.close()
        try SagaStore.open(at: folder.store).close()
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
