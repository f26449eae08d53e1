import Foundation
import GRDB
import SagaCore
import Testing

@testable import SagaStore

/// What is written is sealed, and opens where it was written and nowhere else.
struct SealTests {
    let folder: Folder
    private let card = "4111111111111111"

    init() throws { folder = try Folder() }

    private func records(_ text: String) -> [UInt8] {
        RecordCodec.bytes([.stuck(.init(code: .loop, message: text), next: .settle)])
    }

    private func raw(_ sql: String, _ arguments: StatementArguments = []) throws {
        let raw = try DatabaseQueue(path: folder.store)
        try raw.write { try $0.execute(sql: sql, arguments: arguments) }
        try raw.close()
    }

    private func keep(_ store: SagaStore, key: String = "k", data: String = "{}", id: String? = nil) throws {
        let signal = EarlySignal(
            workflow: "w", key: key, name: "go", id: id, data: Array(data.utf8), by: nil, at: Sample.start,
            until: Sample.start + 1_000)
        try store.write { try $0.keep(signal) }
    }

    @Test func `no value of a record, a signal or a job stands readable in the folder`() throws {
        let store = try SagaStore.open(at: folder.store)
        let long = String(repeating: card, count: 2_000)  // overflow pages
        for text in [card, long] {
            try store.write { transaction throws in
                let id = Sample.id(text.count)
                try transaction.append(records(text), saga: id.number, n: 1, at: Sample.start)
                try transaction.insert(
                    SagaRow(id: id, workflow: 1, status: .stuck, state: "A", due: SagaRow.never, last: 1))
            }
        }
        try keep(store, data: "{\"card\":\"\(card)\"}", id: card)
        var job = JobRow(
            act: "retry", reason: card, by: nil, filter: card, count: 1, per: 1, acceptedAt: Sample.start, total: 1)
        job.id = 1
        try store.write { try $0.add(job, [Sample.id(1)]) }
        #expect(!folder.holds(card))
        // And all of it reads back.
        let rows = try store.read { reading throws in
            try reading.sagas(limit: 9).map { try reading.history(of: $0) }
        }
        #expect(rows.flatMap { $0 }.flatMap(\.records).count == 2)
        let signals = try store.read { try $0.earlySignals(workflow: "w", key: "k") }
        #expect(signals.map(\.id) == [card])
        #expect(signals.map { String(decoding: $0.data, as: UTF8.self) } == ["{\"card\":\"\(card)\"}"])
        #expect(try store.read { try $0.openJobs() }.map(\.reason) == [card])
        #expect(try store.read { try $0.openJobs() }.map(\.filter) == [card])
        store.close()
        #expect(!folder.holds(card))
    }

    @Test(arguments: [
        ("UPDATE history SET records = (SELECT records FROM history WHERE row = 2) WHERE row = 1", "broken"),
        ("UPDATE history SET records = (SELECT records FROM history WHERE row = 3) WHERE row = 1", "broken"),
        ("UPDATE history SET at = at + 1 WHERE row = 1", "broken"),
        ("UPDATE history SET records = substr(records, 1, length(records) - 1) WHERE row = 1", "broken"),
        ("UPDATE history SET records = substr(records, 1, 20) WHERE row = 1", "broken"),
        ("UPDATE history SET records = x'0080' WHERE row = 1", "damaged"),
        ("UPDATE history SET records = x'FFFFFFFFFFFFFFFFFFFF' WHERE row = 1", "damaged"),
        ("UPDATE history SET records = CAST(x'0009' || substr(records, 3) AS BLOB) WHERE row = 1", "data key 9"),
        ("UPDATE history SET records = CAST(x'0201' || 'A' AS BLOB) WHERE row = 1", "workflow row 2"),
        ("UPDATE history SET records = x'' WHERE row = 1", "damaged"),
    ])
    func `what was changed or moved does not open`(_ sql: String, _ word: String) throws {
        var store = try SagaStore.open(singlyAt: folder.store)
        let row = try store.add(Sample.id(1), state: "A")
        let other = try store.add(Sample.id(2), state: "A")
        _ = try store.go(row, to: "A")
        store.close()
        try raw(sql)
        store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        let error = failure { () throws(StoreError) in try store.states(of: row) }
        #expect(error?.code == .unreadable)
        #expect(error?.message.contains(word) == true, "\(error?.message ?? "")")
        #expect(try store.states(of: other) == ["A"])
    }

    @Test func `a change of any one byte is seen`() throws {
        var store = try SagaStore.open(singlyAt: folder.store)
        let row = try store.add(Sample.id(1), state: "A")
        store.close()
        let database = try DatabaseQueue(path: folder.store)
        let bytes = try #require(
            try database.read { try Data.fetchOne($0, sql: "SELECT records FROM history WHERE row = 1") })
        try database.close()
        for index in bytes.indices {
            var changed = bytes
            changed[index] ^= 1
            try raw("UPDATE history SET records = ? WHERE row = 1", [changed])
            store = try SagaStore.open(at: folder.store)
            #expect(failure { () throws(StoreError) in try store.states(of: row) }?.code == .unreadable, "\(index)")
            store.close()
        }
    }

    @Test func `a kept signal and a job that were changed or moved do not read`() throws {
        var store = try SagaStore.open(at: folder.store)
        try keep(store, key: "one")
        try keep(store, key: "two")
        var job = JobRow(
            act: "retry", reason: "r", by: nil, filter: "{}", count: 1, per: 1, acceptedAt: Sample.start, total: 1)
        job.id = 1
        try store.write { try $0.add(job, [Sample.id(1)]) }
        store.close()
        try raw("UPDATE early_signal SET key = 'three' WHERE key = 'one'; UPDATE job SET act = 'terminate'")
        store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        let error = failure { () throws(StoreError) in
            try store.read { try $0.earlySignals(workflow: "w", key: "three") }
        }
        #expect(error?.code == .unreadable)
        #expect(try store.read { try $0.earlySignals(workflow: "w", key: "two") }.count == 1)
        #expect(try store.read { try $0.openJobs() }.isEmpty)
    }

    @Test func `no nonce comes twice, and equal records look different`() throws {
        let store = try SagaStore.open(singlyAt: folder.store)
        var row = try store.add(Sample.id(1))
        try store.write { transaction throws in
            for _ in 0..<20_000 {
                row.last += 1
                try transaction.append(
                    Sample.records("A"), saga: row.id.number, n: row.last, at: Sample.start)
            }
        }
        store.close()
        let raw = try DatabaseQueue(path: folder.store)
        let counts = try raw.read { db in
            try Row.fetchOne(
                db,
                sql: """
                    SELECT count(*), count(DISTINCT substr(records, 3, 12)), count(DISTINCT substr(records, 15)) FROM history
                    """)
        }
        #expect(counts.map { [$0[0], $0[1], $0[2]] } == [20_001, 20_001, 20_001])
    }
}
