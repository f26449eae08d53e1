import SagaCore
import SagaStore
import Testing

struct QueryTests {
    let store: SagaStore

    init() throws { store = try SagaStore.inMemory() }

    private func ids(_ rows: [SagaRow]) -> [SagaID] { rows.map(\.id) }

    @Test func `a row reads back as it was written`() throws {
        let row = SagaRow(
            id: Sample.id(5, counter: 0xFFF, random: .max), workflow: 3, status: .compensating, state: "Päying 🏨",
            due: nil, last: 0)
        try store.write { try $0.insert(row) }
        #expect(try store.read { try $0.saga(number: row.id.number) } == row)
        var changed = row
        (changed.status, changed.state, changed.due, changed.last) = (.cancelled, "", 12, 9)
        try store.write { try $0.update(changed) }
        #expect(try store.read { try $0.saga(number: row.id.number) } == changed)
        #expect(try store.read { try $0.saga(number: row.id.number + 1) } == nil)
    }

    @Test func `a history reads back in order, row by row`() throws {
        var row = try store.add(Sample.id(1), state: "A")
        try store.add(Sample.id(2), state: "X")
        for state in ["B", "C", "D"] { row = try store.go(row, to: state) }
        #expect(try store.states(of: row) == ["A", "B", "C", "D"])
        #expect(try store.read { try $0.history(of: row) }.map(\.n) == [1, 2, 3, 4])
    }

    @Test func `a prefix finds those that begin so, in the order of their ids`() throws {
        // Two of one millisecond that differ in the counter, one 1 ms later, one a minute later.
        let sagas = [
            Sample.id(0, counter: 1, random: 1), Sample.id(0, counter: 2, random: 2), Sample.id(1), Sample.id(70_000),
        ]
        for id in sagas { try store.add(id) }
        func matching(_ text: String, limit: Int = 10) throws -> [SagaID] {
            let prefix = try #require(SagaID.Prefix(text))
            return try store.read { try $0.sagas(matching: prefix, limit: limit) }.map(\.id)
        }
        let text = sagas[0].description
        #expect(try matching(String(text.prefix(8))) == Array(sagas[0...2]))
        #expect(try matching(String(text.prefix(8)), limit: 2) == Array(sagas[0...1]))
        #expect(try matching(String(text.prefix(13))) == Array(sagas[0...1]))
        #expect(try matching(String(text.prefix(18))) == [sagas[0]])
        #expect(try matching(text) == [sagas[0]])
        #expect(try matching(text.replacing("-", with: "")) == [sagas[0]])
        // The same number and another random half is another saga.
        #expect(try matching(String(text.dropLast()) + "f").isEmpty)
        // Version 4 in place of 7.
        #expect(try matching(String(text.prefix(14)) + "4").isEmpty)
        #expect(try matching("00000000").isEmpty)
        #expect(try matching("ffffffff").isEmpty)
    }

    @Test func `due sagas come earliest first, in the half-open interval, without the ended ones`() throws {
        for (number, due) in [(1, 300), (2, 100), (3, 200), (4, nil), (5, SagaRow.never), (6, SagaRow.inFlight)] {
            try store.add(Sample.id(number), status: due == nil ? .succeeded : .waiting, due: due.map { Int64($0) })
        }
        func due(_ after: Int64, _ until: Int64) throws -> [Int] {
            try store.read { try $0.due(after: after, until: until) }.map { item in
                try #require((1...6).first { Sample.id($0).number == item.number })
            }
        }
        #expect(try due(-1, 1_000) == [6, 2, 3, 1])
        #expect(try due(0, 200) == [2, 3])
        #expect(try due(100, 300) == [3, 1])
        #expect(try due(300, .max - 1).isEmpty)
        #expect(try due(-1, .max) == [6, 2, 3, 1, 5])
    }

    @Test func `a tag finds its sagas until it is removed`() throws {
        let (red, blue) = (
            SagaCore.Tag(kind: .attribute, name: "room", value: "red"),
            SagaCore.Tag(kind: .view, name: "room", value: "red")
        )
        try store.add(Sample.id(1), tags: [red])
        try store.add(Sample.id(2), tags: [red, blue])
        try store.add(Sample.id(3))
        func having(_ tag: SagaCore.Tag, before: Int64 = .max) throws -> [SagaID] {
            ids(try store.read { try $0.sagas(tag: tag, before: before, limit: 10) })
        }
        #expect(try having(red) == [Sample.id(2), Sample.id(1)])
        #expect(try having(blue) == [Sample.id(2)])
        #expect(try having(red, before: Sample.id(2).number) == [Sample.id(1)])
        try store.write { transaction throws in
            try transaction.add(tag: red, to: Sample.id(2).number)  // twice is once
            try transaction.remove(tag: red, from: Sample.id(1).number)
            try transaction.remove(tag: blue, from: Sample.id(3).number)  // had none
        }
        #expect(try having(red) == [Sample.id(2)])
        #expect(try having(blue) == [Sample.id(2)])
    }

    @Test func `lists are filtered, and come newest first, page by page`() throws {
        let tag = SagaCore.Tag(kind: .attribute, name: "guest", value: "Ann")
        for number in 0..<40 {
            let isEnded = number % 4 == 0
            try store.add(
                Sample.id(number), workflow: Int64(1 + number % 2), status: isEnded ? .succeeded : .waiting,
                state: number % 3 == 0 ? "Paying" : "Reserved", due: isEnded ? nil : SagaRow.never,
                tags: number < 20 ? [tag] : [])
        }
        func numbers(_ fits: (Int) -> Bool) -> [SagaID] { (0..<40).reversed().filter(fits).map { Sample.id($0) } }
        try store.read { reading throws in
            #expect(try ids(reading.sagas(limit: 100)) == numbers { _ in true })
            #expect(try ids(reading.sagas(workflows: [2], limit: 100)) == numbers { $0 % 2 == 1 })
            #expect(try ids(reading.sagas(workflows: [1, 2], limit: 100)).count == 40)
            #expect(try reading.sagas(workflows: [], limit: 100).isEmpty)
            #expect(try ids(reading.sagas(state: "Paying", limit: 100)) == numbers { $0 % 3 == 0 })
            #expect(try reading.sagas(state: "Pay'ing", limit: 100).isEmpty)
            #expect(try ids(reading.sagas(status: .succeeded, limit: 100)) == numbers { $0 % 4 == 0 })
            #expect(try ids(reading.sagas(status: .waiting, limit: 100)) == numbers { $0 % 4 != 0 })
            #expect(
                try ids(reading.sagas(workflows: [1], state: "Paying", status: .waiting, tag: tag, limit: 100))
                    == numbers { $0 % 2 == 0 && $0 % 3 == 0 && $0 % 4 != 0 && $0 < 20 })
        }
        var before = Int64.max
        var seen: [SagaID] = []
        for count in [15, 15, 10, 0] {
            let page = try store.read { try $0.sagas(before: before, limit: 15) }
            #expect(page.count == count)
            seen += ids(page)
            before = page.last?.id.number ?? before
        }
        #expect(seen == numbers { _ in true })
        #expect(try store.read { try $0.sagas(limit: 0) }.isEmpty)
    }

    @Test func `live sagas are counted by workflow and status`() throws {
        for number in 0..<6 { try store.add(Sample.id(number), workflow: Int64(number % 2)) }
        try store.add(Sample.id(6), workflow: 0, status: .stuck)
        try store.add(Sample.id(7), workflow: 0, status: .cancelled, due: nil)
        let counts = try store.read { try $0.liveCounts() }.map { "\($0.workflow) \($0.status.name) \($0.count)" }
        #expect(Set(counts) == ["0 waiting 3", "1 waiting 3", "0 stuck 1"])
    }

    @Test func `the largest number is known, of ended sagas too`() throws {
        #expect(try store.read { try $0.lastNumber() } == 0)
        try store.add(Sample.id(9), status: .succeeded, due: nil)
        try store.add(Sample.id(4))
        #expect(try store.read { try $0.lastNumber() } == Sample.id(9).number)
    }

    @Test func `a workflow's version is pinned once, with its text`() throws {
        let first = try store.write { try $0.pin(name: "reservation", version: "1", digest: "d1", source: "text 1 ä") }
        let second = try store.write { try $0.pin(name: "reservation", version: "2", digest: "d2", source: "") }
        #expect(throws: StoreError.self) {
            try store.write { try $0.pin(name: "reservation", version: "1", digest: "d3", source: "other") }
        }
        let stored = try store.read { try $0.workflows() }
        #expect(stored.map(\.id) == [first, second])
        #expect(stored.map(\.source) == ["text 1 ä", ""])
        #expect(stored.map(\.digest) == ["d1", "d2"])
        #expect(try store.read { try $0.size() } > 0)
    }

    @Test func `a read sees one moment and waits for no writer`() throws {
        let folder = try Folder()
        let store = try SagaStore.open(at: folder.store)
        defer { store.close() }
        try store.add(Sample.id(1))
        try store.read { reading throws in
            #expect(try reading.sagas(limit: 10).count == 1)
            try store.add(Sample.id(2))
            #expect(try reading.sagas(limit: 10).count == 1)
        }
        #expect(try store.count == 2)
    }
}
