import Dispatch
import GRDB
import SagaCore
import Testing

@testable import SagaEngine
@testable import SagaStore

/// Who is told under a name, and how far it has come.
@Suite(.timeLimit(.minutes(30))) struct ConsumerTests {
    let store: SagaStore
    let clock = ManualClock()

    init() throws { store = try SagaStore.inMemory() }

    private func starts(_ page: FeedPage) -> [SagaID] {
        page.events.compactMap { event in
            if case .record(let entry, let told) = event.news, entry.record.name == "started" { told.saga } else { nil }
        }
    }

    private func book(_ engine: Engine, _ name: String) async throws -> SagaID {
        try await engine.start(.booking(name), wait: .until(.settled)).saga.id
    }

    @Test func `it goes on behind what it has acknowledged, also in the next process`() async throws {
        let before = try Engine(store, ScriptedTransport(), clock)
        let second = try await before.running { () async throws in
            let made = try await before.put(consumer: "books", FeedFilter(kinds: ["started"]), from: .start)
            #expect(made.isNew && made.state.behind == 0)
            let first = try await book(before, "Ann")
            let page = try await before.feed(consumer: "books").page
            #expect(starts(page) == [first] && page.events.count == 1)
            // Read, and not acknowledged: told again.
            #expect(starts(try await before.feed(consumer: "books").page) == [first])
            let moved = try await before.acknowledge(page.events[0].cursor, for: "books")
            #expect(moved.cursor == page.events[0].cursor && moved.movedAt == clock.now())
            let second = try await book(before, "Bob")
            #expect(starts(try await before.feed(consumer: "books").page) == [second])
            return second
        }
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            #expect(starts(try await engine.feed(consumer: "books").page) == [second])
            let state = try await engine.consumer("books")
            #expect(state.behind > 0 && state.oldest != nil)
            _ = try await engine.acknowledge(engine.feed(consumer: "books").page.next, for: "books")
            let end = try await engine.consumer("books")
            #expect(end.behind == 0 && end.oldest == nil)
        }
    }

    @Test func `one that is made now is told what comes, and making it again moves nothing`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            _ = try await book(engine, "Ann")
            _ = try await engine.put(consumer: "books", FeedFilter(), from: .now)
            #expect(try await engine.feed(consumer: "books").page.events.isEmpty)
            let bob = try await book(engine, "Bob")
            let again = try await engine.put(consumer: "books", FeedFilter(kinds: ["started"]), from: .now)
            #expect(!again.isNew && again.state.consumer.filter == FeedFilter(kinds: ["started"]))
            let page = try await engine.feed(consumer: "books").page
            #expect(starts(page) == [bob] && page.events.count == 1)
        }
    }

    @Test func `it goes forward only, and never to where nobody was told anything`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            _ = try await engine.put(consumer: "books", FeedFilter(), from: .start)
            _ = try await book(engine, "Ann")
            let events = try await engine.feed(consumer: "books").page.events
            let (first, last) = (events[0].cursor, try #require(events.last).cursor)
            _ = try await engine.acknowledge(last, for: "books")
            // The same once more is what a client does that has not heard the answer.
            #expect(try await engine.acknowledge(last, for: "books").cursor == last)
            let beyond = FeedCursor(life: last.life, place: FeedPlace(commit: last.place.commit + 1, told: 1))
            let other = FeedCursor(life: last.life &+ 1, place: last.place)
            for (cursor, words) in [
                (first, "is before"), (beyond, "is beyond the newest commit"), (other, "of another life of the store"),
            ] {
                let error = await refusal { () async throws(EngineError) in
                    try await engine.acknowledge(cursor, for: "books")
                }
                guard case .wrongCursor("books", let message)? = error, message.contains(words) else {
                    Issue.record("\(String(describing: error))")
                    continue
                }
            }
            #expect(try await engine.consumer("books").consumer.cursor == last)
            let back = try await engine.move(consumer: "books", to: .after(first), reason: "the books burned")
            #expect(back.consumer.cursor == first)
            // In the middle of an input it is told all of that again.
            #expect(try await engine.feed(consumer: "books").page.events.count >= events.count - 1)
            #expect(
                await refusal { () async throws(EngineError) in
                    try await engine.move(consumer: "books", to: .start, reason: " ")
                } == .reasonMissing)
        }
    }

    @Test func `a place of another life goes on where they parted, which is said`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            _ = try await engine.put(consumer: "books", FeedFilter(), from: .start)
            let ann = try await book(engine, "Ann")
            _ = try await engine.acknowledge(engine.feed(consumer: "books").page.next, for: "books")
            try store.write { try $0.db.beginFeedLife() }
            #expect(try await engine.consumer("books").behind == 0)
            let bob = try await book(engine, "Bob")
            let page = try await engine.feed(consumer: "books").page
            guard case .restored? = page.events.first?.news else {
                Issue.record("\(page.events)")
                return
            }
            #expect(starts(page) == [bob] && ann != bob)
            _ = try await engine.acknowledge(page.next, for: "books")
            #expect(try await engine.feed(consumer: "books").page.events.isEmpty)
        }
    }

    @Test func `there are so many at most, with names, and each can be removed`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            for number in 1...Engine.consumersMax {
                _ = try await engine.put(consumer: "c\(number)", FeedFilter(), from: .now)
            }
            #expect(
                await refusal { () async throws(EngineError) in
                    try await engine.put(consumer: "more", FeedFilter(), from: .now)
                } == .tooManyConsumers(max: Engine.consumersMax))
            // Another filter for one that is there is not one more.
            _ = try await engine.put(consumer: "c1", FeedFilter(kinds: ["ended"]), from: .now)
            try await engine.remove(consumer: "c1", reason: "done with")
            _ = try await engine.put(consumer: "more", FeedFilter(), from: .now)
            for name in ["", "..", "a/b", String(repeating: "x", count: 65), "ü"] {
                #expect(
                    await refusal { () async throws(EngineError) in
                        try await engine.put(consumer: name, FeedFilter(), from: .now)
                    } == .badConsumer(name: name))
            }
            guard
                case .unknownConsumer("c1", let known)? = await refusal({ () async throws(EngineError) in
                    try await engine.feed(consumer: "c1")
                })
            else {
                Issue.record("it is there")
                return
            }
            #expect(known.count == Engine.consumersMax)
        }
    }

    @Test func `a row that does not read is told, hinders no other, and is removed`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            for name in ["bad", "good"] { _ = try await engine.put(consumer: name, FeedFilter(), from: .start) }
            try store.write { try $0.db.execute(sql: "UPDATE consumer SET place = -1 WHERE name = 'bad'") }
            let (states, unreadable) = try await engine.consumers()
            #expect(states.map(\.consumer.name) == ["good"] && unreadable == ["bad"])
            _ = try await book(engine, "Ann")
            let next = try await engine.feed(consumer: "good").page.next
            async let good = engine.acknowledge(next, for: "good")
            async let bad = refusal { () async throws(EngineError) in try await engine.acknowledge(next, for: "bad") }
            #expect(try await good.cursor == next)
            guard case .store("unreadable", _)? = await bad else {
                Issue.record("it was acknowledged")
                return
            }
            try await engine.remove(consumer: "bad", reason: "foreign")
            #expect(try await engine.consumers().unreadable.isEmpty)
        }
    }

    @Test func `however many acknowledge at once, the writer writes once, and no commit is logged for it`() async throws
    {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            let names = (1...20).map { "c\($0)" }
            for name in names { _ = try await engine.put(consumer: name, FeedFilter(), from: .start) }
            _ = try await book(engine, "Ann")
            let next = try await engine.feed(consumer: "c1").page.next
            let end = try store.feedLife().end
            // What the loop does first holds it until all have acknowledged.
            let (held, opened) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
            async let holding: Void = engine.upkeep { _ in
                held.signal()
                opened.wait()
            }
            await withCheckedContinuation { continuation in
                DispatchQueue.global().async {
                    held.wait()
                    continuation.resume()
                }
            }
            try await withThrowingTaskGroup(of: FeedConsumer.self) { group in
                for name in names { group.addTask { try await engine.acknowledge(next, for: name) } }
                // One chore for all of them waits.
                await engine.backlog(reaches: 1)
                while engine.acknowledgements.count < names.count { await Task.yield() }
                #expect(engine.inbox.backlog == 1)
                opened.signal()
                for try await consumer in group { #expect(consumer.cursor == next) }
            }
            try await holding
            #expect(try store.feedLife().end == end)
        }
    }
}
