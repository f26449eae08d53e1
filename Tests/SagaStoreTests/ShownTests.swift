import Foundation
import GRDB
import SagaCore
import Synchronization
import Testing

@testable import SagaStore

/// What lists and views show, as it lies in the file.
struct ShownTests {
    let folder: Folder
    private let card = "4111111111111111"

    init() throws { folder = try Folder() }

    private func shown(_ id: SagaID, view: Int64 = 1, key: String? = nil, row: String? = nil) -> ViewRow {
        let key = key ?? "key \(card)"
        return ViewRow(view: view, saga: id, key: key, shownKey: key, row: Array((row ?? "\"\(card)\"").utf8))
    }

    /// A saga with a summary and a row in each of two views.
    private func add(_ number: Int, to store: SagaStore) throws {
        let id = Sample.id(number)
        try store.add(id, status: .succeeded, state: "A", due: nil)
        try store.write { transaction throws in
            let row = SagaRow(id: id, workflow: 1, status: .succeeded, state: "A", due: nil, last: 1)
            try transaction.update(row, summary: Array("summary \(card)".utf8))
            for view in [Int64(1), 2] { try transaction.put(shown(id, view: view)) }
        }
    }

    private func register(_ store: SagaStore) throws {
        try store.write { transaction throws in
            for id in [Int64(1), 2] { try transaction.save(StoredView(id: id, name: "view \(id)")) }
        }
    }

    private func raw<T>(_ body: (Database) throws -> T) throws -> T {
        let raw = try DatabaseQueue(path: folder.store)
        defer { try? raw.close() }
        return try raw.write(body)
    }

    private func seals() throws -> [Data] {
        try raw {
            try Data.fetchAll(
                $0, sql: "SELECT summary FROM saga UNION ALL SELECT data FROM view_row UNION ALL SELECT tail FROM saga")
        }
    }

    private func expectWhole(_ store: SagaStore, _ count: Int) throws {
        for number in 0..<count {
            #expect(try store.summary(ofSaga: Sample.id(number).number) == Array("summary \(card)".utf8))
        }
        for view in [Int64(1), 2] {
            let found = try store.rows(ofView: view, key: "key \(card)", before: .max, limit: 100, bytesMax: 1 << 20)
            #expect(found.rows == (0..<count).reversed().map { shown(Sample.id($0), view: view) })
        }
    }

    @Test func `nothing of it stands readable in the folder, and the key is a number`() throws {
        let store = try SagaStore.open(at: folder.store)
        try register(store)
        try add(0, to: store)
        #expect(!folder.holds(card))
        try expectWhole(store, 1)
        store.close()
        #expect(!folder.holds(card))
        #expect(try raw { try String.fetchAll($0, sql: "SELECT DISTINCT typeof(key) FROM view_row") } == ["integer"])
    }

    @Test(arguments: [
        "UPDATE view_row SET data = (SELECT data FROM view_row WHERE saga = (SELECT min(saga) FROM view_row) AND view = 1)",
        "UPDATE view_row SET view = view + 7", "UPDATE view_row SET key = key + 1",
        "UPDATE view_row SET data = substr(data, 1, 20)", "UPDATE view_row SET data = x'01'",
        "UPDATE view_row SET data = 7", "UPDATE view_row SET key = 'x'",
        "UPDATE view_row SET saga = saga + 4096",
    ])
    func `a row of a view that was changed or moved is left out, and hinders no other`(sql: String) throws {
        var store = try SagaStore.open(at: folder.store)
        try register(store)
        try add(0, to: store)
        try add(1, to: store)
        store.close()
        try folder.foreign(["\(sql) WHERE saga = (SELECT max(saga) FROM view_row)"])
        store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        for view in [Int64(1), 2, 8] {
            let found = try store.rows(ofView: view, key: nil, before: .max, limit: 100, bytesMax: 1 << 20)
            #expect(found.rows == (view == 8 ? [] : [shown(Sample.id(0), view: view)]))
        }
    }

    @Test(arguments: ["last = last + 1", "status = 2", "summary = x'00'", "summary = 7", "number = number + 4096"])
    func `a summary belongs to its saga as it is`(sql: String) throws {
        var store = try SagaStore.open(at: folder.store)
        try add(0, to: store)
        store.close()
        try folder.foreign(["UPDATE saga SET \(sql)"])
        store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        let row = try #require(try store.read { try $0.sagas(limit: 1) }.first)
        let error = failure { () throws(StoreError) in try store.summary(ofSaga: row.id.number) }
        #expect(error?.code == .unreadable)
    }

    @Test func `a new data key seals it anew with the history, in small steps`() throws {
        var store = try SagaStore.open(at: folder.store)
        try register(store)
        for number in 0..<10 { try add(number, to: store) }
        let old = try seals()
        #expect(old.count == 40 && old.allSatisfy { $0.starts(with: [0, 1]) })
        _ = try store.rekey(.file)
        // What is written meanwhile is under the new key, and what is not yet sealed anew still opens.
        _ = try store.reseal(limit: 3)
        try add(10, to: store)
        try expectWhole(store, 11)
        while try !store.reseal(limit: 3).isDone {}
        try expectWhole(store, 11)
        store.close()
        let new = try seals()
        #expect(new.count == 44 && new.allSatisfy { $0.starts(with: [0, 2]) })
        for seal in old { #expect(folder.names.allSatisfy { folder.bytes($0).range(of: seal.dropFirst(2)) == nil }) }
        store = try SagaStore.open(at: folder.store)
        try expectWhole(store, 11)
        store.close()
    }

    @Test func `it goes with its saga`() throws {
        let store = try SagaStore.open(at: folder.store)
        try register(store)
        for number in 0..<3 { try add(number, to: store) }
        let row = try #require(try store.read { try $0.saga(number: Sample.id(1).number) })
        try store.write { try $0.delete(row, tags: []) }
        for view in [Int64(1), 2] {
            let found = try store.rows(ofView: view, key: nil, before: .max, limit: 9, bytesMax: 1 << 20)
            #expect(found.rows.map(\.saga) == [Sample.id(2), Sample.id(0)])
        }
        store.close()
    }

    @Test func `views are kept with their definitions and how far they are`() throws {
        var store = try SagaStore.open(at: folder.store)
        var view = StoredView(id: 3, name: "page")
        view.digests = ["a": .max, "b": 0]
        try store.write { try $0.save(view) }
        #expect(try store.read { try $0.views() } == [view])
        view.digests = ["b": 7]
        view.olderUntil = 12
        view.rebuild = .init(total: 9)
        view.rebuild?.position = 4
        view.rebuild?.done = 2
        let kept = view
        try store.write { try $0.save(kept) }
        store.close()
        store = try SagaStore.open(at: folder.store)
        #expect(try store.read { try $0.views() } == [view])
        store.close()
    }

    /// Counted in steps of SQLite's machine, and in bytes that are opened.
    @Test func `a page of a view, and of summaries, costs as much beside large sagas as beside small ones`() throws {
        func steps(_ records: Int) throws -> Int {
            let folder = try Folder()
            let counted = Counter()
            let store = try SagaStore.open(at: folder.store, movement: Movement(steps: 1, told: counted.step))
            defer { store.close() }
            let long = Sample.records(String(repeating: "x", count: records))
            for number in 0..<200 {
                let id = Sample.id(number)
                let row = SagaRow(id: id, workflow: 1, status: .waiting, state: "A", due: SagaRow.never, last: 1)
                let key = "\(number % 20)"
                try store.commit([
                    .history(saga: id.number, n: 1, at: Sample.start, records: long), .insert(row, summary: [1]),
                    .shown(shown(id, key: key, row: "1")),
                ]) {}
            }
            let before = counted.count
            let page = try store.rows(ofView: 1, key: nil, before: .max, limit: 100, bytesMax: 1 << 20)
            let ofKey = try store.rows(ofView: 1, key: "7", before: .max, limit: 100, bytesMax: 1 << 20)
            let summaries = try store.read { reading throws in
                try reading.sagas(limit: 100).compactMap { try reading.summary(of: $0) }
            }
            #expect(page.rows.count == 100 && ofKey.rows.count == 10 && summaries.count == 100)
            return counted.count - before
        }
        #expect(try steps(1 << 17) == steps(1))
    }
}

private final class Counter: Sendable {
    private let counted = Atomic<Int>(0)
    var count: Int { counted.load(ordering: .relaxed) }
    @Sendable func step() { counted.add(1, ordering: .relaxed) }
}
