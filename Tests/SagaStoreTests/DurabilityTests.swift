import Foundation
import GRDB
import Glibc
import SagaCore
import SagaStore
import Testing

@Suite(.serialized) struct DurabilityTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    @Test func `the writing connection reads synchronous FULL, of a fresh store and of one that was there`() throws {
        for _ in 0..<2 {
            let store = try SagaStore.open(at: folder.store)
            #expect(try store.synchronous() == 2)
            store.close()
        }
    }

    @Test func `rule 1: each commit is one fdatasync of the write-ahead log, fresh and reopened`() throws {
        for round in 0..<2 {
            let store = try SagaStore.open(at: folder.store)
            defer { store.close() }
            // The first commit of a process may write the log's header, which is synced too.
            try store.add(Sample.id(round * 1_000))
            let synced = try SyncCount.during(folder.file("sagas.db")) {
                for number in 1...50 { try store.add(Sample.id(round * 1_000 + number)) }
            }
            #expect(synced == 50)
        }
    }

    @Test func `many changes in one transaction are one fdatasync`() throws {
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        try store.add(Sample.id(0))
        let synced = try SyncCount.during(folder.file("sagas.db")) {
            try store.write { transaction throws in
                for number in 1...200 {
                    let id = Sample.id(number)
                    try transaction.append(Sample.records("A"), saga: id.number, n: 1, at: Sample.start)
                    try transaction.insert(
                        SagaRow(id: id, workflow: 1, status: .waiting, state: "A", due: SagaRow.never, last: 1))
                }
            }
        }
        #expect(synced == 1)
        #expect(try store.count == 201)
    }

    @Test func `reads and probes sync nothing, a writing probe once`() throws {
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        let row = try store.add(Sample.id(0))
        let idle = try SyncCount.during(folder.file("sagas.db")) {
            _ = try store.states(of: row)
            try store.probe()
        }
        #expect(idle == 0)
        let written = try SyncCount.during(folder.file("sagas.db")) { try store.probe(writing: true) }
        #expect(written == 1)
    }

    @Test func `the file is in WAL mode`() throws {
        let store = try SagaStore.open(at: folder.store)
        try store.add(Sample.id(0))
        #expect(folder.names.contains("sagas.db-wal"))
        store.close()
        // Bytes 18 and 19: the versions that a writer and a reader must understand; 2 is WAL.
        #expect(folder.bytes()[18...19] == Data([2, 2]))
    }

    @Test func `a transaction that throws leaves nothing, and the next one goes on`() throws {
        struct Stop: Error {}
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        let tag = SagaCore.Tag(kind: .key, name: "w", value: "k")
        #expect(throws: StoreError.self) {
            try store.write { transaction throws in
                try transaction.append(Sample.records("A"), saga: Sample.id(1).number, n: 1, at: Sample.start)
                try transaction.insert(
                    SagaRow(id: Sample.id(1), workflow: 1, status: .running, state: "A", due: 0, last: 1))
                try transaction.add(tag: tag, to: Sample.id(1).number)
                _ = try transaction.pin(name: "w", version: "1", digest: "d", source: "s")
                throw Stop()
            }
        }
        try store.read { reading throws in
            #expect(try reading.sagas(limit: 10).isEmpty)
            #expect(try reading.sagas(tag: tag, limit: 10).isEmpty)
            #expect(try reading.workflows().isEmpty)
            #expect(try reading.lastNumber() == 0)
        }
        let row = try store.add(Sample.id(2))
        #expect(row.last == 1)
    }

    @Test func `what was committed is there when the process is killed right after`() async throws {
        let path = folder.store
        await #expect(processExitsWith: .signal(SIGKILL)) { [path = path as String] in
            let store = try SagaStore.open(at: path)
            for number in 0..<20 { try store.add(Sample.id(number), state: "S\(number)") }
            kill(getpid(), SIGKILL)
        }
        #expect(folder.names.contains("sagas.db-wal"))
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        #expect(try store.count == 20)
        #expect(try store.synchronous() == 2)
        let row = try #require(try store.read { try $0.saga(number: Sample.id(19).number) })
        #expect(try store.states(of: row) == ["S19"])
    }
}
