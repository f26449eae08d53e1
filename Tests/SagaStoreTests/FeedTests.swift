import GRDB
import SagaCore
import Testing

@testable import SagaStore

/// What a feed goes along, beyond what each store must do.
struct FeedTests {
    private func add(_ store: SagaStore, _ numbers: ClosedRange<Int>) throws {
        for number in numbers {
            let id = Sample.id(number)
            try store.commit([
                .history(saga: id.number, n: 1, at: Sample.start + Int64(number), records: Sample.records("A")),
                .insert(SagaRow(id: id, workflow: 1, status: .waiting, state: "A", due: SagaRow.never, last: 1)),
            ]) {}
        }
    }

    @Test func `a place from before what is forgotten is torn, one behind it is not`() throws {
        let store = try SagaStore.inMemory()
        try add(store, 1...5)
        #expect(try store.write { try $0.forgetCommits(before: Sample.start + 3) } == 2)
        let torn = try store.feed(after: FeedPlace(), limit: 10)
        #expect(torn.isTorn && torn.start == FeedPlace(commit: 3))
        #expect(try store.feed(after: FeedPlace(commit: 2), limit: 10).isTorn)
        let rest = try store.feed(after: FeedPlace(commit: 3), limit: 10)
        #expect(!rest.isTorn)
        #expect(rest.inputs.map(\.saga) == (3...5).map { Sample.id($0).number })
    }

    @Test func `the newest commit is never forgotten, so that no place is given twice`() throws {
        let store = try SagaStore.inMemory()
        try add(store, 1...2)
        #expect(try store.write { try $0.forgetCommits(before: Sample.start + 100) } == 1)
        #expect(try store.write { try $0.forgetCommits(before: Sample.start + 100) } == 0)
        let end = try store.feedLife().end
        try add(store, 3...3)
        #expect(try store.feed(after: end, limit: 10).inputs.map(\.saga) == [Sample.id(3).number])
    }

    @Test func `a restored store begins another life, from where its backup ends`() throws {
        let folder = try Folder()
        let store = try SagaStore.open(at: folder.store)
        try add(store, 1...2)
        let life = try store.feedLife()
        let backup = try store.backup()
        try folder.write(try backup.read(from: 0, max: Int(backup.bytes)), "backup")
        try add(store, 3...4)
        store.close()
        _ = try Restore.run(from: folder.file("backup"), to: folder.store, at: Sample.start)
        let restored = try SagaStore.open(at: folder.store)
        defer { restored.close() }
        let other = try restored.feedLife()
        #expect(other.id != life.id)
        #expect(other.since == life.end)
        #expect(other.end == life.end)
        #expect(life.since == FeedPlace())
    }

    @Test func `a commit that does not read is no gap, but an error`() throws {
        let store = try SagaStore.inMemory()
        try add(store, 1...1)
        try store.database.writeWithoutTransaction { try $0.execute(sql: "UPDATE commit_log SET inputs = x'00'") }
        #expect(throws: StoreError.self) { try store.feed(after: FeedPlace(), limit: 10) }
    }
}
