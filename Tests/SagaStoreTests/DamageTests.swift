import Foundation
import GRDB
import Glibc
import SagaCore
import Testing

@testable import SagaStore

/// Damage to one saga's rows concerns that saga alone (semantics.md, rule 6).
struct DamageTests {
    let folder: Folder

    private static let damaged = Sample.id(1).number

    init() throws { folder = try Folder() }

    /// A store with a damaged saga of three history rows (1, 3, 5) and a whole one (2, 4, 6), reopened after `sql`.
    private func store(after sql: String) throws -> SagaStore {
        let store = try SagaStore.open(singlyAt: folder.store)
        var rows = [try store.add(Sample.id(1), state: "A"), try store.add(Sample.id(2), state: "A")]
        for state in ["B", "C"] { rows = try rows.map { try store.go($0, to: state) } }
        store.close()
        try folder.foreign([sql])
        return try SagaStore.open(at: folder.store)
    }

    private func historyFailure(_ store: SagaStore) -> StoreError? {
        failure { () throws(StoreError) in
            try store.read { reading throws in
                guard let row = try reading.saga(number: Sample.id(1).number) else { return }
                _ = try reading.history(of: row)
            }
        }
    }

    @Test(arguments: [
        ("DELETE FROM history WHERE row = 3", "history row 2 of saga ID is missing"),
        ("DELETE FROM history WHERE row = 5", "history row 3 of saga ID is missing"),
        ("UPDATE history SET n = 9 WHERE row = 1", "history row 1 of saga ID is missing"),
        ("UPDATE history SET n = -9 WHERE row = 1", "history row 1 of saga ID is missing"),
        ("UPDATE history SET n = 'x' WHERE row = 3", "history row 2 of saga ID is missing"),
        ("UPDATE history SET at = 'noon' WHERE row = 3", "history row 2 of saga ID holds values of other types"),
        ("UPDATE history SET saga = 'x' WHERE row = 3", "history row 2 of saga ID is missing"),
        ("UPDATE history SET records = 17 WHERE row = 3", "history row 2 of saga ID holds values of other types"),
        ("UPDATE saga SET last = 99 WHERE number = \(Self.damaged)", "history row 4 of saga ID is missing"),
        (
            "UPDATE saga SET status = 300 WHERE number = \(Self.damaged)",
            "saga number NUMBER has the unknown status 300"
        ),
        ("UPDATE saga SET status = 9 WHERE number = \(Self.damaged)", "saga number NUMBER has the unknown status 9"),
        (
            "UPDATE saga SET status = 'odd' WHERE number = \(Self.damaged)",
            "the row of saga number NUMBER holds values of other types"
        ),
        (
            "UPDATE saga SET last = 'odd' WHERE number = \(Self.damaged)",
            "the row of saga number NUMBER holds values of other types"
        ),
        (
            "UPDATE saga SET due = 'odd' WHERE number = \(Self.damaged)",
            "the row of saga number NUMBER holds values of other types"
        ),
    ])
    func `a broken or missing row makes its saga unreadable and no other`(_ sql: String, _ message: String) throws {
        let store = try store(after: sql)
        defer { store.close() }
        let error = historyFailure(store)
        #expect(error?.code == .unreadable)
        let wanted = message.replacing("ID", with: "\(Sample.id(1))").replacing(
            "NUMBER", with: "\(Sample.id(1).number)")
        #expect(error?.message == wanted)
        try store.read { reading throws in
            let other = try #require(try reading.saga(number: Sample.id(2).number))
            #expect(try reading.history(of: other).map(\.n) == [1, 2, 3])
            #expect(try reading.sagas(limit: 10).map(\.id).contains(other.id))
            #expect(try reading.due(after: 0, until: .max).contains { $0.number == other.id.number })
            _ = try reading.liveCounts()
        }
    }

    @Test func `records of no known kind are unreadable`() throws {
        let store = try store(after: "UPDATE history SET records = x'FFFEFD' WHERE row = 3")
        defer { store.close() }
        let error = historyFailure(store)
        #expect(error?.code == .unreadable)
        #expect(error?.message.hasPrefix("history row 2 of saga \(Sample.id(1)): ") == true)
    }

    @Test func `a row that does not read hides no other from lists, pages and prefixes`() throws {
        let store = try store(after: "UPDATE saga SET status = 99 WHERE number = \(Sample.id(2).number)")
        defer { store.close() }
        for number in 3...9 { try store.add(Sample.id(number)) }
        try store.read { reading throws in
            let first = try reading.sagas(limit: 5)
            #expect(first.map(\.id) == [9, 8, 7, 6, 5].map { Sample.id($0) })
            let second = try reading.sagas(before: Sample.id(5).number, limit: 3)
            #expect(second.map(\.id) == [4, 3, 1].map { Sample.id($0) })
            let prefix = try #require(SagaID.Prefix(String(Sample.id(1).description.prefix(8))))
            #expect(try reading.sagas(matching: prefix, limit: 100).count == 8)
        }
    }

    @Test func `a saga is put aside without reading it`() throws {
        let store = try store(after: "UPDATE saga SET status = 99, due = 5 WHERE number = \(Self.damaged)")
        defer { store.close() }
        try store.write { try $0.putAside(number: Sample.id(1).number) }
        let row = try #require(try store.read { try $0.saga(number: Sample.id(1).number) })
        #expect(row.status == .stuck)
        #expect(row.due == SagaRow.never)
    }

    @Test func `a damaged page is told as damage, and pages beside it still read`() throws {
        let store = try SagaStore.open(singlyAt: folder.store)
        let row = try store.add(Sample.id(1))
        store.close()
        let raw = try DatabaseQueue(path: folder.store)
        let page = try #require(
            try raw.read {
                try Int.fetchOne($0, sql: "SELECT rootpage FROM sqlite_schema WHERE name = 'history_place'")
            })
        let size = try #require(try raw.read { try Int.fetchOne($0, sql: "PRAGMA page_size") })
        try raw.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: folder.store))
        try file.seek(toOffset: UInt64((page - 1) * size))
        try file.write(contentsOf: Data(repeating: 0xA5, count: size))
        try file.close()

        let damaged = try SagaStore.open(at: folder.store, checkingFor: nil)
        defer { damaged.close() }
        #expect(try damaged.read { try $0.saga(number: Sample.id(1).number) } == row)
        let error = failure { () throws(StoreError) in try damaged.states(of: row) }
        #expect(error?.code == .corrupt)
        #expect(
            error?.message
                == "cannot read the store '\(folder.store)': database disk image is malformed (11): "
                + "the database is damaged; restore a backup (it was not touched)")
    }
}
