import GRDB
import SagaCore
import Synchronization
import Testing

@testable import SagaEngine
@testable import SagaStore

/// What happened to all sagas, in the order of the commits.
@Suite(.timeLimit(.minutes(30))) struct FeedTests {
    let store: SagaStore
    let clock = ManualClock()

    init() throws { store = try SagaStore.inMemory() }

    /// All events behind a cursor, page by page.
    private func events(
        _ engine: Engine, after: FeedCursor? = nil, _ filter: FeedFilter = FeedFilter(), limit: Int = 1_000
    ) async throws -> [FeedEvent] {
        var (events, next): ([FeedEvent], FeedCursor?) = ([], after)
        while true {
            let page = try await engine.feed(after: next, filter, limit: limit)
            events += page.events
            next = page.next
            if page.isEnd { return events }
        }
    }

    /// As `id number kind`, or what the feed says of itself.
    private func words(_ events: [FeedEvent]) -> [String] {
        events.map { event in
            switch event.news {
            case .record(let entry, let told): "\(told.saga) \(entry.number) \(entry.record.name)"
            case .pruned(let inputs): "pruned \(inputs.map(String.init) ?? "?")"
            case .restored: "restored"
            case .unreadable(_, let message): "unreadable \(message)"
            }
        }
    }

    private func history(_ engine: Engine, _ id: SagaID) async throws -> [String] {
        try await engine.history(SagaReference(id)).entries.map { "\(id) \($0.number) \($0.record.name)" }
    }

    @Test func `concurrent sagas are told whole, each in order, whatever a page holds`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            let ids = try await withThrowingTaskGroup(of: SagaID.self) { group in
                for number in 0..<40 {
                    group.addTask { try await engine.start(.booking("g\(number)"), wait: .until(.settled)).saga.id }
                }
                return try await group.reduce(into: []) { $0.append($1) }
            }
            let whole = words(try await events(engine))
            for limit in [1, 7, 1_000] { #expect(words(try await events(engine, limit: limit)) == whole) }
            for id in ids { #expect(try await history(engine, id) == whole.filter { $0.hasPrefix("\(id) ") }) }
            #expect(whole.count == Set(whole).count)
        }
    }

    @Test func `each event's cursor goes on behind it; in the middle of an input, with all of that input`() async throws
    {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            for name in ["Ann", "Bob"] { _ = try await engine.start(.booking(name), wait: .until(.settled)) }
            let all = try await events(engine)
            let words = words(all)
            for (index, event) in all.enumerated() {
                let rest = self.words(try await events(engine, after: event.cursor))
                #expect(Array(words.suffix(rest.count)) == rest)
                // Nothing is left out.
                #expect(rest.count >= words.count - index - 1)
                #expect(FeedCursor(event.cursor.description) == event.cursor)
            }
            #expect(try await events(engine, after: try #require(all.last).cursor).isEmpty)
        }
    }

    @Test func `what was told goes on in the next process`() async throws {
        let before = try Engine(store, ScriptedTransport(), clock)
        let last = try await before.running { () async throws in
            _ = try await before.start(.booking(), wait: .until(.settled))
            return try #require(try await events(before).last).cursor
        }
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            #expect(try await events(engine, after: last).isEmpty)
            let id = try await engine.start(.booking("Bob"), wait: .until(.settled)).saga.id
            #expect(words(try await events(engine, after: last)) == (try await history(engine, id)))
        }
    }

    @Test func `history that retention took away is told as missing, once and at its place`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            let ids = try await ["Ann", "Bob", "Cleo"].asyncMap {
                try await engine.start(.booking($0), wait: .until(.settled)).saga.id
            }
            let row = try #require(try store.read { try $0.saga(number: ids[1].number) })
            try store.write { try $0.delete(row, tags: []) }
            let told = words(try await events(engine))
            #expect(
                told == (try await history(engine, ids[0])) + ["pruned \(row.last)"]
                    + (try await history(engine, ids[2])))
            // Of another saga nothing is missing.
            let one = try await events(engine, FeedFilter(saga: SagaReference(ids[2])))
            #expect(words(one) == (try await history(engine, ids[2])))
        }
    }

    @Test func `commits that are forgotten are told as missing, unless they were told before`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            _ = try await engine.start(.booking(), wait: .until(.settled))
            let last = try #require(try await events(engine).last).cursor
            await clock.move(.hour, engine)
            let id = try await engine.start(.booking("Bob"), wait: .until(.settled)).saga.id
            try store.write { _ = try $0.forgetCommits(before: clock.now()) }
            let told = try await events(engine)
            #expect(words(told) == ["pruned ?"] + (try await history(engine, id)))
            #expect(words(try await events(engine, after: told[0].cursor)) == (try await history(engine, id)))
            #expect(words(try await events(engine, after: last)) == (try await history(engine, id)))
        }
    }

    @Test func `a cursor of another store, or of what was lost, says so and goes on where they parted`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            let id = try await engine.start(.booking(), wait: .until(.settled)).saga.id
            let all = try await history(engine, id)
            let cursor = try #require(try await events(engine).last).cursor
            let other = FeedCursor(life: cursor.life &+ 1, place: cursor.place)
            #expect(words(try await events(engine, after: other)) == ["restored"] + all)
            let beyond = FeedCursor(life: cursor.life, place: FeedPlace(commit: cursor.place.commit + 5))
            let told = try await events(engine, after: beyond)
            #expect(words(told) == ["restored"])
            // Said once: from its own cursor on all is as ever.
            #expect(try await events(engine, after: told[0].cursor).isEmpty)
        }
    }

    @Test func `tries that end alike are told as they are by now, and again when more has come of them`() async throws {
        let tries = Mutex(0)
        let transport = ScriptedTransport { _ in
            tries.withLock { tries in
                tries += 1
                return tries <= 3 ? .unreached(message: "no") : ScriptedTransport.done
            }
        }
        let engine = try Engine(store, transport, clock)
        try await engine.running { () async throws in
            let id = try await engine.start(.booking()).saga.id
            _ = await transport.calls(atLeast: 1)
            await engine.settle()
            let before = try await events(engine)
            #expect(!words(before).contains { $0.hasSuffix(" succeeded") })
            while try await engine.look(SagaReference(id)).saga.status != .waiting {
                await clock.move(1_000, engine)
            }
            let whole = try await history(engine, id)
            #expect(whole.contains { $0.hasSuffix(" succeeded") })
            // All that is there by now was told, before or after; what was replaced is told no more.
            let after = words(try await events(engine, after: try #require(before.last).cursor))
            #expect(Set(words(before) + after).isSuperset(of: whole))
            #expect(Set(after).isSubset(of: whole))
            #expect(words(try await events(engine)) == whole)
        }
    }

    @Test func `a saga that does not read is told as that, and hides no other`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            let broken = try await engine.start(.booking(), wait: .until(.settled)).saga.id
            let whole = try await engine.start(.booking("Bob"), wait: .until(.settled)).saga.id
            try store.write { transaction throws in
                try transaction.db.execute(
                    sql: "UPDATE saga SET tail = NULL WHERE number = ?", arguments: [broken.number])
            }
            let told = words(try await events(engine))
            #expect(told.filter { !$0.hasPrefix("unreadable") } == (try await history(engine, whole)))
            #expect(told.first == "unreadable history row 1 of saga \(broken) is missing")
        }
    }

    @Test func `filters leave out what they do not name, and a page ends however little it finds`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            let ids = try await ["Ann", "Bob"].asyncMap {
                try await engine.start(.booking($0), wait: .until(.settled)).saga.id
            }
            let starts = try await events(engine, FeedFilter(kinds: ["started"]))
            #expect(words(starts) == ids.map { "\($0) 1 started" })
            #expect(try await events(engine, FeedFilter(workflows: ["alarm"])).isEmpty)
            let both = FeedFilter(workflows: ["booking"], kinds: ["started"], saga: SagaReference(ids[1]))
            #expect(words(try await events(engine, both)) == ["\(ids[1]) 1 started"])
            let unknown = await refusal { () async throws(EngineError) in
                try await engine.feed(FeedFilter(workflows: ["bookings"]))
            }
            guard case .unknownWorkflow("bookings", _)? = unknown else {
                Issue.record("\(String(describing: unknown))")
                return
            }
        }
    }

    @Test(arguments: [
        "", "x", "1-2-3", "0000000000000001-1", "0000000000000001-0-0", "0000000000000001-1--1",
        "000000000000000g-1-0", "0000000000000001-01-0", "0000000000000001-99999999999999999999-0",
        "0000000000000001-1-0-",
    ])
    func `a text that is no cursor is none`(text: String) { #expect(FeedCursor(text) == nil) }
}

/// Who waits for commits is woken by one, and costs the writer one wake-up at most.
@Suite(.timeLimit(.minutes(30))) struct FeedBellTests {
    @Test func `all that wait are woken, and who comes late does not wait`() async {
        let bell = FeedBell()
        await withTaskGroup(of: Bool?.self) { group in
            group.addTask {
                await bell.run()
                return nil
            }
            let seen = bell.rung
            for _ in 0..<50 { group.addTask { await bell.wait(since: seen) } }
            bell.ring()
            #expect(await bell.wait(since: seen))
            for _ in 0..<50 { #expect(await group.next() == .some(true)) }
            bell.finish()
        }
        #expect(await bell.wait(since: bell.rung) == false)
    }

    @Test func `a wait that is cancelled ends`() async {
        let bell = FeedBell()
        let waits = Task { await bell.wait(since: 0) }
        waits.cancel()
        #expect(await waits.value == false)
    }

    @Test func `nothing is lost however rings and waits meet`() async {
        let bell = FeedBell()
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await bell.run() }
            group.addTask {
                for _ in 0..<10_000 { bell.ring() }
            }
            var seen = 0
            while seen < 10_000 {
                #expect(await bell.wait(since: seen))
                seen = bell.rung
            }
            bell.finish()
        }
    }
}

extension Array where Element: Sendable {
    fileprivate func asyncMap<T>(_ make: (Element) async throws -> T) async throws -> [T] {
        var made: [T] = []
        for element in self { made.append(try await make(element)) }
        return made
    }
}
