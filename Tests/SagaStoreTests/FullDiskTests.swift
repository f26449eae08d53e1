import Foundation
import Glibc
import SagaCore
import SagaStore
import TestPrograms
import Testing

@Suite(.enabled(if: SmallDisk.isPermitted, "SKIPPED: needs root to mount a small tmpfs"))
struct FullDiskTests {
    @Test func `a full disk stops writes, keeps nothing of them, and loses nothing; with room they go on`() throws {
        let disk = try SmallDisk(size: "1m")
        let path = "\(disk.path)/sagas.db"
        let store = try SagaStore.open(at: path)
        try disk.fill()
        let stuffing = String(repeating: "s", count: 40_000)
        var kept = 0
        var error: StoreError?
        // The log may still have room of its own for a few.
        while error == nil, kept < 100 {
            do throws(StoreError) {
                try store.add(
                    Sample.id(kept), state: stuffing, tags: [SagaCore.Tag(kind: .key, name: "w", value: "\(kept)")])
                kept += 1
            } catch let failure {
                error = failure
            }
        }
        #expect(error?.code == .full)
        #expect(
            error?.message
                == "cannot write the store '\(path)': database or disk is full (13): the disk is full; make room, "
                + "nothing that was accepted is lost")
        try store.read { reading throws in
            #expect(try reading.sagas(limit: 1_000).count == kept)
            #expect(try reading.saga(number: Sample.id(kept).number) == nil)
            #expect(try reading.sagas(tag: SagaCore.Tag(kind: .key, name: "w", value: "\(kept)"), limit: 1).isEmpty)
        }
        #expect(failure { () throws(StoreError) in try store.add(Sample.id(500), state: stuffing) }?.code == .full)

        disk.makeRoom()
        try store.probe(writing: true)
        let row = try store.add(Sample.id(kept), state: stuffing)
        store.close()
        let again = try SagaStore.open(at: path)
        defer { again.close() }
        #expect(try again.count == kept + 1)
        #expect(try again.states(of: row) == [stuffing])
    }

    /// The log is to be recovered, for which SQLite makes the shared memory anew: without room it reads "disk I/O error".
    @Test func `a store that ended on a full disk does not open before there is room, says so, and is whole then`()
        async throws
    {
        let disk = try SmallDisk(size: "1m")
        let path = "\(disk.path)/sagas.db"
        await #expect(processExitsWith: .failure) { [path = path as String] in
            let store = try SagaStore.open(at: path)
            try store.add(Sample.id(1))
            abort()
        }
        unlink(path + "-shm")
        try disk.fill()
        let error = failure(opening: path)
        #expect(error?.code == .full)
        #expect(error?.message.hasSuffix("the disk is full; make room, nothing that was accepted is lost") == true)
        disk.makeRoom()
        let store = try SagaStore.open(at: path)
        #expect(try store.count == 1)
        store.close()
    }

    @Test func `a store that cannot be made for lack of room says so, and can be made later`() throws {
        let disk = try SmallDisk(size: "64k")
        try disk.fill()
        #expect(failure(opening: "\(disk.path)/sagas.db")?.code == .full)
        disk.makeRoom()
        let roomy = try SmallDisk(size: "1m")
        try SagaStore.open(at: "\(roomy.path)/sagas.db").close()
    }
}
