import SagaStore
import TestPrograms
import Testing

@Suite(.enabled(if: BrokenDisk.isPermitted, "SKIPPED: needs root, a loop device and ext4"))
struct BrokenDiskTests {
    @Test func `a disk that the kernel makes read-only is named, is still read, and has lost nothing once repaired`()
        throws
    {
        let disk = try BrokenDisk()
        let path = "\(disk.path)/sagas.db"
        let row = try breakDisk(disk, under: path)
        try disk.repair()
        let again = try SagaStore.open(at: path)
        #expect(try again.states(of: row) == ["Reserved"])
        try again.add(Sample.id(2))
        again.close()
    }

    /// Nothing of the store is open or mapped any more when this returns.
    private func breakDisk(_ disk: BrokenDisk, under path: String) throws -> SagaRow {
        let store = try SagaStore.open(at: path)
        defer { store.close() }
        let row = try store.add(Sample.id(1), state: "Reserved")
        try disk.fail()
        for number in 2...3 {
            let error = failure { () throws(StoreError) in try store.add(Sample.id(number)) }
            #expect(error?.code == .readOnly)
            #expect(
                error?.message
                    == "cannot write the store '\(path)': disk I/O error (778): its file system has become read-only; "
                    + "look into the kernel's log, nothing that was accepted is lost")
        }
        #expect(failure { () throws(StoreError) in try store.probe(writing: true) }?.code == .readOnly)
        #expect(try store.count == 1)
        #expect(try store.states(of: row) == ["Reserved"])
        return row
    }
}
