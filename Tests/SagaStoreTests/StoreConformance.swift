import CEL
import SagaCore
import SagaStore
import Testing

/// Makes stores of one kind, each empty.
struct StoreFactory: Sendable, CustomTestStringConvertible {
    let name: String
    let make: @Sendable (Folder) throws -> any Store
    /// The same store in another process, as far as this kind outlives one.
    let reopen: (@Sendable (any Store, Folder) throws -> any Store)?

    var testDescription: String { name }

    static let all = [
        StoreFactory(
            name: "a file", make: { try SagaStore.open(at: $0.store) },
            reopen: { store, folder in
                (store as? SagaStore)?.close()
                return try SagaStore.open(at: folder.store)
            }),
        StoreFactory(name: "memory", make: { _ in try SagaStore.inMemory() }, reopen: nil),
    ]
}

/// What each ``Store`` must do; it is told of the store's kind nothing but how one is made.
struct StoreConformance {
    let folder: Folder

    init() throws { folder = try Folder() }

    func records(_ state: String) -> [UInt8] { Sample.records(state) }

    private func started(_ id: SagaID, key: String) throws -> [UInt8] {
        let shape = Workflow(name: "w", version: "1", initial: "A", states: [State(name: "A")])
        return RecordCodec.bytes(
            try Saga.start(StartSent(id: id, key: key, input: .null), in: shape, at: Sample.start).records)
    }

    func row(_ id: SagaID, last: Int64 = 1, due: Int64? = SagaRow.never, status: Status = .waiting) -> SagaRow {
        SagaRow(id: id, workflow: 1, status: status, state: "A", due: due, last: last)
    }

    /// A saga with as many history rows as states.
    func saga(_ id: SagaID, _ states: [String], due: Int64? = SagaRow.never) -> [Change] {
        [.insert(row(id, last: Int64(states.count), due: due))]
            + states.enumerated().map { index, state in
                .history(saga: id.number, n: Int64(index + 1), at: Sample.start, records: records(state))
            }
    }

    private func fetch(_ store: any Store, _ edit: (inout Wanted) -> Void) throws -> Fetched {
        var wanted = Wanted()
        edit(&wanted)
        return try store.fetch(wanted) { _ in nil }
    }

    private func states(_ store: any Store, _ id: SagaID) throws -> [String]? {
        guard case .whole(_, let history)? = try fetch(store, { $0.sagas = [id.number] }).sagas[id.number] else {
            return nil
        }
        #expect(history.map(\.n) == Array(1...Int64(history.count)))
        return history.flatMap(\.records).map { if case .entered(let state) = $0 { state } else { $0.name } }
    }

    @Test(arguments: StoreFactory.all)
    func `what was committed is fetched, also by the next process`(factory: StoreFactory) throws {
        var store = try factory.make(folder)
        let (one, two) = (Sample.id(1), Sample.id(2))
        try store.commit(saga(one, ["A", "B"]) + saga(two, ["X"])) {}
        try store.commit([
            .history(saga: one.number, n: 3, at: Sample.start + 5, records: records("C")), .update(row(one, last: 3)),
        ]) {}
        if let reopen = factory.reopen { store = try reopen(store, folder) }
        #expect(try states(store, one) == ["A", "B", "C"])
        #expect(try states(store, two) == ["X"])
        #expect(try states(store, Sample.id(3)) == nil)
        guard case .whole(let found, let history)? = try fetch(store, { $0.sagas = [one.number] }).sagas[one.number]
        else {
            Issue.record("it is something else")
            return
        }
        #expect(found == row(one, last: 3))
        #expect(history.map(\.at) == [Sample.start, Sample.start, Sample.start + 5])
    }

    @Test(arguments: StoreFactory.all)
    func `a commit is whole or not at all, and says when all is written`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        try store.commit(saga(Sample.id(1), ["A"])) {}
        var written = 0
        let error = #expect(throws: StoreError.self) {
            try store.commit(saga(Sample.id(2), ["B"]) + [.insert(row(Sample.id(1)))]) { written += 1 }
        }
        #expect(error?.concernsAll == false)
        #expect(written == 0)
        #expect(try states(store, Sample.id(2)) == nil)
        #expect(try store.lastNumbers().saga == Sample.id(1).number)
        try store.commit(saga(Sample.id(2), ["B"])) { written += 1 }
        #expect(written == 1)
        #expect(try states(store, Sample.id(2)) == ["B"])
    }

    @Test(arguments: StoreFactory.all)
    func `a row of a history takes the place of what stood there and behind it`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        let id = Sample.id(1)
        try store.commit(saga(id, ["A", "B", "C", "D"]) + saga(Sample.id(2), ["X", "Y", "Z"])) {}
        try store.commit([
            .history(saga: id.number, n: 2, at: Sample.start, records: records("E")),
            .historyEnds(saga: id.number, n: 2), .update(row(id, last: 2)),
        ]) {}
        #expect(try states(store, id) == ["A", "E"])
        try store.commit([
            .history(saga: id.number, n: 3, at: Sample.start, records: records("F")), .update(row(id, last: 3)),
        ]) {}
        #expect(try states(store, id) == ["A", "E", "F"])
        #expect(try states(store, Sample.id(2)) == ["X", "Y", "Z"])
    }

    @Test(arguments: StoreFactory.all)
    func `a prefix finds all that begin so, and one alone with its history`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        let (near, far) = ([Sample.id(0, counter: 1), Sample.id(0, counter: 2)], Sample.id(9_000_000))
        for id in near + [far] { try store.commit(saga(id, ["A"])) {} }
        let prefixes = try (near + [far]).map { try #require(SagaID.Prefix(String($0.description.prefix(8)))) }
        let fetched = try fetch(store) { $0.prefixes = Set(prefixes) }
        #expect(fetched.prefixes[prefixes[0]] == near.map(\.number))
        #expect(fetched.prefixes[prefixes[2]] == [far.number])
        #expect(Set(fetched.sagas.keys) == [far.number])
    }

    @Test(arguments: StoreFactory.all)
    func `a key finds its last saga, among the versions that are named`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        for (number, key) in ["k", "k", "other"].enumerated() {
            let id = Sample.id(number)
            try store.commit([
                .insert(row(id)),
                .history(saga: id.number, n: 1, at: Sample.start, records: try started(id, key: key)),
                .tagged(Tag(kind: .key, name: "w", value: key), saga: id.number),
            ]) {}
        }
        func last(_ key: String, in workflows: [Int64] = [1, 2]) throws -> Int64? {
            let place = BusinessKey(workflow: "w", key: key)
            return try fetch(store, { $0.keys[place] = workflows }).keys[place]
        }
        #expect(try last("k") == Sample.id(1).number)
        #expect(try last("other") == Sample.id(2).number)
        #expect(try last("none") == nil)
        #expect(try last("k", in: [2]) == nil)
        try store.commit([.untagged(Tag(kind: .key, name: "w", value: "k"), saga: Sample.id(1).number)]) {}
        #expect(try last("k") == Sample.id(0).number)
        // One that is known has its key from who knows it.
        var wanted = Wanted()
        let place = BusinessKey(workflow: "w", key: "k")
        wanted.keys[place] = [1]
        let fetched = try store.fetch(wanted) { _ in "k" }
        guard case .known? = fetched.sagas[Sample.id(0).number] else {
            Issue.record("its history was read: \(fetched.sagas)")
            return
        }
        #expect(try store.fetch(wanted) { _ in "another with the same hash" }.keys.isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func `a live saga is put aside, and an ended one is left alone`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        try store.commit(saga(Sample.id(1), ["A"], due: 5) + saga(Sample.id(2), ["A"], due: nil)) {}
        try store.commit([.putAside(saga: Sample.id(1).number), .putAside(saga: Sample.id(2).number)]) {}
        let found = try fetch(store) { $0.sagas = [Sample.id(1).number, Sample.id(2).number] }.sagas
        guard case .whole(let live, _)? = found[Sample.id(1).number],
            case .whole(let ended, _)? = found[Sample.id(2).number]
        else {
            Issue.record("it is something else")
            return
        }
        #expect(live.status == .stuck && live.due == SagaRow.never)
        #expect(ended.status == .waiting && ended.due == nil)
    }

    @Test(arguments: StoreFactory.all)
    func `early signals are kept by key, in the order of their numbers, until they are dropped`(factory: StoreFactory)
        throws
    {
        var store = try factory.make(folder)
        func signal(_ row: Int64, _ key: String) -> EarlySignal {
            var signal = EarlySignal(
                workflow: "w", key: key, name: "go", id: "id \(row)", data: Array("1".utf8), by: nil,
                at: Sample.start, until: Sample.start + 1_000)
            signal.row = row
            return signal
        }
        let sent = [signal(1, "k"), signal(2, "other"), signal(3, "k")]
        try store.commit(sent.map(Change.kept)) {}
        let keys = ["k", "other", "none"].map { BusinessKey(workflow: "w", key: $0) }
        #expect(try fetch(store) { $0.early = Set(keys) }.early == [keys[0]: [sent[0], sent[2]], keys[1]: [sent[1]]])
        try store.commit([.dropped(earlySignal: 1), .dropped(earlySignal: 3)]) {}
        #expect(try fetch(store) { $0.early = Set(keys) }.early == [keys[1]: [sent[1]]])
        if let reopen = factory.reopen { store = try reopen(store, folder) }
        // Its number is not given twice.
        #expect(try store.lastNumbers().earlySignal == 3)
    }

    @Test(arguments: StoreFactory.all)
    func `a job is fetched with its next sagas, as it is after each turn, and is open until its end`(
        factory: StoreFactory
    ) throws {
        let store = try factory.make(folder)
        let ids = [Sample.id(1), Sample.id(2), Sample.id(3)]
        for id in ids { try store.commit(saga(id, ["A"])) {} }
        var job = JobRow(
            act: "retry", reason: "why", by: nil, filter: "{}", count: 1, per: 1_000, acceptedAt: Sample.start, total: 3
        )
        job.id = 4
        try store.commit([.accepted(job, ids)]) {}
        #expect(try store.lastNumbers().job == 4)
        for (turn, id) in ids.enumerated() {
            let fetched = try fetch(store) { wanted in
                wanted.jobs[4] = 2
                wanted.openJobs = true
            }
            let found = try #require(fetched.jobs[4])
            #expect(found.job == job && fetched.openJobs == [4])
            #expect(found.next.map(\.saga) == Array(ids[turn...].prefix(2)))
            #expect(Set(fetched.sagas.keys) == Set(found.next.map(\.saga.number)))
            var item = try #require(found.next.first)
            item.outcome = .done
            job.turn(at: Sample.start + 9)
            try store.commit([.turned(job, item)]) {}
            #expect(item.saga == id)
        }
        let over = try fetch(store) { wanted in
            wanted.jobs[4] = 1
            wanted.openJobs = true
        }
        #expect(over.openJobs.isEmpty)
        #expect(over.jobs[4]?.job.endedAt == Sample.start + 9 && over.jobs[4]?.next.isEmpty == true)
    }

    @Test(arguments: StoreFactory.all)
    func `an empty store has given no numbers, and takes writes`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        #expect(try store.lastNumbers() == LastNumbers())
        try store.probe(writing: false)
        try store.probe(writing: true)
        #expect(try fetch(store) { $0.sagas = [1] }.sagas.isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func `histories that are too large together come in several fetches`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        let long = String(repeating: "x", count: Fetched.bytesMax / 2)
        let ids = (0..<5).map { Sample.id($0) }
        for id in ids { try store.commit(saga(id, [long])) {} }
        var found: [Int64] = []
        var wanted = Set(ids.map(\.number))
        var fetches = 0
        while !wanted.isEmpty {
            let fetched = try fetch(store) { $0.sagas = wanted }
            #expect(!fetched.sagas.isEmpty && fetched.sagas.count <= 2)
            found += fetched.sagas.keys
            wanted = fetched.left
            fetches += 1
        }
        #expect(Set(found) == Set(ids.map(\.number)) && found.count == 5)
        #expect(fetches == 3)
    }

    private func shown(
        _ id: SagaID, view: Int64 = 1, key: String? = "k", as shownKey: String? = nil, _ row: String = "{}"
    ) -> ViewRow {
        ViewRow(view: view, saga: id, key: key, shownKey: shownKey ?? key ?? "failed: why", row: Array(row.utf8))
    }

    private func rows(
        _ store: any Store, view: Int64 = 1, key: String? = nil, before: Int64 = .max, limit: Int = 100,
        bytesMax: Int = 1 << 20
    ) throws -> [ViewRow] {
        try store.rows(ofView: view, key: key, before: before, limit: limit, bytesMax: bytesMax).rows
    }

    @Test(arguments: StoreFactory.all)
    func `a saga's summary goes with its row, and does not outlive its being put aside`(factory: StoreFactory) throws {
        var store = try factory.make(folder)
        let (one, two) = (Sample.id(1), Sample.id(2))
        try store.commit([.insert(row(one), summary: [1, 2, 3]), .insert(row(two))]) {}
        #expect(try store.summary(ofSaga: one.number) == [1, 2, 3])
        #expect(try store.summary(ofSaga: two.number) == nil)
        #expect(try store.summary(ofSaga: Sample.id(3).number) == nil)
        try store.commit([.update(row(one, last: 2), summary: [4])]) {}
        if let reopen = factory.reopen { store = try reopen(store, folder) }
        #expect(try store.summary(ofSaga: one.number) == [4])
        // It says what nobody knows any more.
        try store.commit([.putAside(saga: one.number)]) {}
        #expect(throws: StoreError.self) { try store.summary(ofSaga: one.number) }
        try store.commit([.update(row(one, last: 2), summary: [5]), .update(row(two), summary: [6])]) {}
        #expect(try store.summary(ofSaga: one.number) == [5])
        #expect(try store.summary(ofSaga: two.number) == [6])
    }

    @Test(arguments: StoreFactory.all)
    func `a view's rows come newest first, of all keys or one, and each saga has one`(factory: StoreFactory) throws {
        var store = try factory.make(folder)
        let ids = (0..<5).map { Sample.id($0) }
        try store.commit(ids.map { .insert(row($0)) }) {}
        try store.commit(ids.enumerated().map { .shown(shown($1, key: $0 % 2 == 0 ? "even" : "odd", "\($0)")) }) {}
        try store.commit([.shown(shown(ids[1], view: 2, key: "odd", "2"))]) {}
        if let reopen = factory.reopen { store = try reopen(store, folder) }
        #expect(try rows(store).map(\.saga) == ids.reversed())
        #expect(try rows(store, key: "odd") == [shown(ids[3], key: "odd", "3"), shown(ids[1], key: "odd", "1")])
        #expect(try rows(store, key: "none").isEmpty && rows(store, view: 3).isEmpty)
        #expect(try rows(store, before: ids[2].number).map(\.saga) == [ids[1], ids[0]])
        #expect(try rows(store, view: 2) == [shown(ids[1], view: 2, key: "odd", "2")])
        // Another key, none, the key shown otherwise, and another row alone.
        for row in [
            shown(ids[3], key: "even", "7"), shown(ids[3], key: nil, "8"),
            shown(ids[3], key: "a secret", as: "***", "9"),
            shown(ids[3], key: "a secret", as: "***", "10"),
        ] {
            try store.commit([.shown(row)]) {}
            #expect(try rows(store).count == 5 && rows(store)[1] == row)
            #expect(try rows(store, key: "even").contains(row) == (row.key == "even"))
            #expect(try rows(store, key: "odd").map(\.saga) == [ids[1]])
            #expect(try rows(store, key: "a secret") == (row.key == "a secret" ? [row] : []))
        }
        try store.commit([.unshown(view: 1, saga: ids[3].number), .unshown(view: 1, saga: 7)]) {}
        #expect(try rows(store).map(\.saga) == [ids[4], ids[2], ids[1], ids[0]])
        #expect(try rows(store, key: "a secret").isEmpty)
    }

    @Test(arguments: StoreFactory.all)
    func `a page of a view ends by number and by bytes, and says whether there is more`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        let long = "\"" + String(repeating: "x", count: 998) + "\""
        try store.commit((0..<6).flatMap { [.insert(row(Sample.id($0))), .shown(shown(Sample.id($0), long))] }) {}
        for (limit, bytesMax, count) in [
            (4, 1 << 20, 4), (6, 1 << 20, 6), (100, 2_500, 3), (100, 1, 1), (100, 6_000, 6),
        ] {
            let page = try store.rows(ofView: 1, key: "k", before: .max, limit: limit, bytesMax: bytesMax)
            #expect(page.rows.count == count, "\(limit) rows, \(bytesMax) bytes")
            #expect(page.hasMore == (count < 6), "\(limit) rows, \(bytesMax) bytes")
        }
    }

    @Test(arguments: StoreFactory.all)
    func `what is shown goes with its commit, or not at all`(factory: StoreFactory) throws {
        let store = try factory.make(folder)
        try store.commit([.insert(row(Sample.id(1)), summary: [1]), .shown(shown(Sample.id(1), "1"))]) {}
        #expect(throws: StoreError.self) {
            try store.commit([
                .update(row(Sample.id(1)), summary: [2]), .shown(shown(Sample.id(1), "2")), .insert(row(Sample.id(1))),
            ]) {}
        }
        #expect(try store.summary(ofSaga: Sample.id(1).number) == [1])
        #expect(try rows(store) == [shown(Sample.id(1), "1")])
    }
}
