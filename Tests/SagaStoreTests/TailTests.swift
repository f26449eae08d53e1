import Basics
import GRDB
import SagaCore
import Testing

@testable import SagaStore

/// The newest inputs of a saga lie in its row, and what was before them in rows of their own; nobody who reads sees the difference.
struct TailTests {
    let folder: Folder

    init() throws { folder = try Folder() }

    private func row(_ id: SagaID, last: Int64, workflow: Int64 = 1) -> SagaRow {
        SagaRow(id: id, workflow: workflow, status: .waiting, state: "A", due: SagaRow.never, last: last)
    }

    private func counts() throws -> (rows: Int, tails: Int) {
        try folder.raw { db in
            (
                try Int.fetchOne(db, sql: "SELECT count(*) FROM history") ?? -1,
                try Int.fetchOne(db, sql: "SELECT count(*) FROM saga WHERE tail IS NOT NULL") ?? -1
            )
        }
    }

    @Test func `few inputs are no row of history, and many are some to a row`() throws {
        let store = try SagaStore.open(at: folder.store)
        var row = try store.add(Sample.id(1), state: "0")
        for number in 1..<4 { row = try store.go(row, to: "\(number)") }
        #expect(try counts() == (rows: 0, tails: 1))
        for number in 4..<400 { row = try store.go(row, to: "state \(number * 7_919 % 1_009)") }
        let many = try counts()
        #expect((2...40).contains(many.rows) && many.tails == 1)
        #expect(try store.states(of: row).count == 400)
        store.close()
        let next = try SagaStore.open(at: folder.store)
        #expect(try next.states(of: row).suffix(1) == ["state \(399 * 7_919 % 1_009)"])
        #expect(try next.read { try $0.history(of: row) }.map(\.n) == Array(1...400))
        next.close()
    }

    @Test func `a large input is a row of its own, and the saga's row stays small`() throws {
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        var chance = SplitMix64(seed: 5)
        let large = String(
            (0..<5_000).map { _ in Character(UnicodeScalar(UInt8.random(in: 33...126, using: &chance))) })
        var row = try store.add(Sample.id(1), state: "A")
        for state in ["B", large, "C", "D"] { row = try store.go(row, to: state) }
        #expect(try store.states(of: row) == ["A", "B", large, "C", "D"])
        #expect(try counts() == (rows: 2, tails: 1))
        #expect(try folder.raw { try Int.fetchOne($0, sql: "SELECT max(length(tail)) FROM saga") } ?? 0 < 1_000)
    }

    private func expect(
        _ store: SagaStore, _ id: SagaID, _ said: [(at: Int64, state: String)], _ comment: Comment
    ) throws {
        let row = row(id, last: Int64(said.count))
        let found = try store.read { try $0.history(of: row) }
        #expect(found.map(\.at.milliseconds) == said.map(\.at), comment)
        #expect(try store.states(of: row) == said.map(\.state), comment)
        guard let last = said.last else { return }
        #expect(try store.read { try $0.lastTime(of: row) }?.milliseconds == last.at, comment)
    }

    /// Against a list in memory: appends, overwrites in any place, ends, failed commits, tails that are no longer in memory, new processes.
    @Test(arguments: 0..<24)
    func `any order of writes reads back as it was written`(seed: UInt64) throws {
        var chance = SplitMix64(seed: seed)
        func open() throws -> SagaStore {
            let tailBytesMax = [0, 60, 200, Tail.bytesMax].randomElement(using: &chance) ?? 0
            let tails = Tails(tailBytesMax: tailBytesMax, bytesMax: Bool.random(using: &chance) ? 0 : 1 << 20)
            return try SagaStore.open(at: folder.store, movement: nil, tails: tails)
        }
        var store = try open()
        let phrases = Array("Waiting for the hotel Paying Ordered".utf8)
        let workflow = try store.write {
            try $0.pin(name: "w", version: "1", digest: "d", source: "", phrases: phrases)
        }
        let ids = [Sample.id(1), Sample.id(2)]
        var said: [[(at: Int64, state: String)]] = [[], []]
        for id in ids { try store.write { try $0.insert(row(id, last: 0, workflow: workflow)) } }
        for step in 0..<120 {
            let index = Int.random(in: 0...1, using: &chance)
            let id = ids[index]
            let count = said[index].count
            let n =
                Int.random(in: 0..<10, using: &chance) == 0 && count > 0
                ? Int.random(in: 1...count, using: &chance) : count + 1
            let size = [3, 20, 100, 1_500].randomElement(using: &chance) ?? 0
            let state = String((0..<size).map { _ in "Waiting Paying".randomElement(using: &chance) ?? "x" })
            let at = Sample.start.milliseconds + Int64(step) * 977
            var next = Array(said[index].prefix(n - 1))
            next.append((at: at, state: state))
            // Another version of the workflow has no phrases, and none knows the first.
            let row = row(id, last: Int64(n), workflow: Int.random(in: 0..<8, using: &chance) == 0 ? 0 : workflow)
            let isLost = Int.random(in: 0..<12, using: &chance) == 0
            try? store.write { transaction throws in
                try transaction.update(row)
                try transaction.append(
                    Sample.records(state), saga: id.number, n: Int64(n), at: Instant(milliseconds: at), of: row)
                if n <= count { try transaction.endHistory(of: id.number, at: Int64(n)) }
                if isLost { throw CancellationError() }
            }
            if !isLost { said[index] = next }
            if Int.random(in: 0..<15, using: &chance) == 0 {
                store.close()
                store = try open()
            }
            if Int.random(in: 0..<5, using: &chance) == 0 {
                var wanted = Wanted()
                wanted.sagas = [id.number]
                _ = try store.fetch(wanted) { _ in nil }
            }
            for (id, said) in zip(ids, said) where step % 4 == 0 || step == 119 {
                try expect(store, id, said, "step \(step)")
            }
        }
        _ = try store.rekey(.file)
        while try !store.reseal(limit: 7).isDone {}
        for (id, said) in zip(ids, said) { try expect(store, id, said, "sealed anew") }
        store.close()
    }

    @Test(arguments: [
        "low = low + 1", "tail = (SELECT tail FROM saga WHERE number < saga.number)", "first = 2", "at = at + 1",
    ])
    func `a tail that was changed or moved does not open`(sql: String) throws {
        let store = try SagaStore.open(at: folder.store)
        let phrases = Array("Waiting".utf8)
        let workflow = try store.write {
            try $0.pin(name: "w", version: "1", digest: "d", source: "", phrases: phrases)
        }
        for number in 1...2 {
            let row = row(Sample.id(number), last: 1, workflow: workflow)
            try store.write { transaction throws in
                try transaction.insert(row)
                try transaction.append(Sample.records("Waiting"), saga: row.id.number, n: 1, at: Sample.start, of: row)
            }
        }
        store.close()
        try folder.foreign(["UPDATE saga SET \(sql) WHERE number = (SELECT max(number) FROM saga)"])
        let next = try SagaStore.open(at: folder.store)
        defer { next.close() }
        let rows = try next.read { try $0.sagas(limit: 9) }
        #expect(failure { () throws(StoreError) in try next.states(of: rows[0]) }?.code == .unreadable)
        #expect(try next.states(of: rows[1]) == ["Waiting"])
    }

    @Test(arguments: ["phrases = x'00'", "phrases = CAST(phrases || 'x' AS BLOB)", "phrases = 7", "id = id + 1"])
    func `rows do not open behind other phrases than they were packed by`(sql: String) throws {
        let store = try SagaStore.open(at: folder.store)
        let workflow = try store.write {
            try $0.pin(name: "w", version: "1", digest: "d", source: "", phrases: Array("Waiting".utf8))
        }
        let row = row(Sample.id(1), last: 1, workflow: workflow)
        try store.write { transaction throws in
            try transaction.insert(row, summary: Array("Waiting".utf8))
            try transaction.append(Sample.records("Waiting"), saga: row.id.number, n: 1, at: Sample.start, of: row)
        }
        store.close()
        try folder.foreign(["UPDATE workflow SET \(sql)"])
        let next = try SagaStore.open(at: folder.store)
        defer { next.close() }
        #expect(failure { () throws(StoreError) in try next.states(of: row) }?.code == .unreadable)
        #expect(failure { () throws(StoreError) in try next.summary(ofSaga: row.id.number) }?.code == .unreadable)
    }

    @Test func `what the writer keeps of tails is bounded`() {
        var tails = Tails(bytesMax: 100_000)
        for number in 0..<5_000 {
            var tail = Tail(of: Int64(number), id: nil, by: .none, first: 1)
            tail.append([UInt8](repeating: 1, count: number % 500), n: 1, at: 0)
            tails.keep(tail)
            #expect(tails.weight <= 101_000)
        }
        #expect(tails.find(4_999) != nil && tails.find(0) == nil)
    }

    @Test func `commits are named in their order, and the newest number does not come again`() throws {
        var store = try SagaStore.open(at: folder.store)
        var (one, two) = (try store.add(Sample.id(1)), try store.add(Sample.id(2)))
        one = try store.go(one, to: "B")
        try store.write { transaction throws in
            two.last += 1
            one.last += 1
            for row in [two, one] {
                try transaction.update(row)
                try transaction.append(Sample.records("C"), saga: row.id.number, n: row.last, at: Sample.start + 5)
            }
        }
        try store.write { try $0.putAside(number: two.id.number) }
        let commits = try store.read { try $0.commits(after: 0, limit: 100) }
        #expect(commits.map(\.row) == [1, 2, 3, 4])
        #expect(
            commits.map { $0.inputs.map(\.n) } == [[1], [1], [2], [2, 3]])
        #expect(commits[3].inputs.map(\.saga) == [two.id.number, one.id.number])
        #expect(commits.map(\.at) == [Sample.start, Sample.start, Sample.start, Sample.start + 5])
        #expect(try store.read { try $0.commits(after: 2, limit: 1) } == [commits[2]])
        _ = try store.write { try $0.forgetCommits(before: Sample.start + 9_000_000) }
        #expect(try store.read { try $0.commits(after: 0, limit: 9) } == [commits[3]])
        store.close()
        store = try SagaStore.open(at: folder.store)
        try store.go(one, to: "D")
        #expect(try store.read { try $0.commits(after: 4, limit: 9) }.map(\.row) == [5])
        store.close()
    }
}
