import CEL
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

@Suite(.timeLimit(.minutes(30))) struct StartTests {
    let store: SagaStore
    let transport = ScriptedTransport.holding()
    let clock = ManualClock()
    let engine: Engine

    init() throws {
        store = try SagaStore.inMemory()
        engine = try Engine(store, transport, clock)
    }

    @Test func `the same key and input is the saga that exists, another input a conflict`() async throws {
        try await engine.running { () async throws in
            let first = try await engine.start(.booking(key: "k"))
            #expect(first.verdict == .created)
            let again = try await engine.start(.booking(key: "k"))
            #expect(again.verdict == .existing)
            #expect(again.saga.id == first.saga.id)
            let conflict = await refusal { () throws(EngineError) in try await engine.start(.booking("Bob", key: "k")) }
            #expect(conflict == .keyConflict(key: "k", existing: first.saga.id))
            let other = try await engine.start(.booking("Bob", key: "l"))
            #expect(other.saga.id != first.saga.id)
            let calls = await transport.calls(atLeast: 2)
            await engine.settle()
            #expect(transport.calls.count == 2)

            // A repeated start whose answer was lost makes no second saga; another guest may have the key of an ended one.
            transport.end(calls[0])
            _ = try await engine.look(SagaReference(first.saga.id), wait: .until(.settled))
            _ = try await engine.signal(first.saga.id, "confirm")
            #expect(try await engine.start(.booking(key: "k")).saga.id == first.saga.id)
            let next = try await engine.start(.booking("Bob", key: "k"))
            #expect(next.verdict == .created)
            #expect(try await engine.start(.booking("Bob", key: "k")).saga.id == next.saga.id)
            let late = await refusal { () throws(EngineError) in try await engine.start(.booking(key: "k")) }
            #expect(late == .keyConflict(key: "k", existing: next.saga.id))
        }
    }

    @Test func `two starts with one key in one commit are one saga`() async throws {
        try await engine.running { () async throws in
            await engine.settle()
            let gate = StoreGate(store)
            async let first = engine.start(.booking("first"))
            while engine.gauges.current.inputs < 3 { await Task.yield() }
            async let one = engine.start(.booking(key: "k"))
            async let other = engine.start(.booking(key: "k"))
            async let third = refusal { () throws(EngineError) in try await engine.start(.booking("Bob", key: "k")) }
            await engine.backlog(reaches: 3)
            gate.open()
            _ = try await first
            let replies = (try? await one, try? await other)
            let conflict = await third
            let sagas = try await engine.list(SagaFilter()).sagas
            #expect(try await engine.status().commits == 2)
            // Whoever came first has the key.
            if case .keyConflict(_, let existing) = conflict {
                #expect(replies.0?.saga.id == existing && replies.1?.saga.id == existing)
                #expect(Set([replies.0?.verdict, replies.1?.verdict]) == [.created, .existing])
            } else {
                #expect(replies.0 == nil && replies.1 == nil)
            }
            #expect(sagas.count == 2)
        }
    }

    @Test func `what does not fit is refused, and nothing is written`() async throws {
        try await engine.running { () async throws in
            let input = Value.map(MapValue([("guest", .int(7)), ("odd", .bool(true))]))
            let invalid = await refusal { () throws(EngineError) in
                try await engine.start(StartCommand(workflow: "booking", input: input))
            }
            guard case .rejected(.invalidInput(let faults)) = invalid else {
                Issue.record("\(String(describing: invalid))")
                return
            }
            #expect(faults.map(\.pointer).sorted() == ["/guest", "/odd"])
            let unknown = await refusal { () throws(EngineError) in
                try await engine.start(StartCommand(workflow: "bookings", input: input))
            }
            #expect(unknown == .unknownWorkflow(name: "bookings", known: ["alarm", "booking"]))
            let version = await refusal { () throws(EngineError) in try await engine.start(.booking(version: "9")) }
            #expect(version == .unknownVersion(workflow: "booking", version: "9", known: ["1"]))
            #expect(try await engine.list(SagaFilter()).sagas.isEmpty)
            #expect(transport.calls.isEmpty)
        }
    }

    @Test func `ids are above all before, also when the clock is set back and after a restart`() async throws {
        let first = try await engine.running { () async throws in
            let one = try await engine.start(.booking()).saga.id
            let two = try await engine.start(.booking()).saga.id
            #expect(two > one)
            #expect(one.milliseconds == ManualClock.start.milliseconds)
            await clock.move(-5 * .hour, engine)
            let three = try await engine.start(.booking()).saga.id
            #expect(three > two)
            return three
        }
        let later = try Engine(store, transport, clock)
        try await later.running { () async throws in
            let four = try await later.start(.booking()).saga.id
            #expect(four > first)
            await clock.move(6 * .hour, later)
            let five = try await later.start(.booking()).saga.id
            #expect(five.milliseconds == ManualClock.start.milliseconds + .hour)
        }
    }

    @Test func `more starts in a millisecond than a counter holds still have numbers of their own`() throws {
        let writer = try Writer(
            store: store, workflows: WorkflowSet([.booking()], in: store), cacheMax: 16, random: { 1 })
        var last = SagaID(high: 0, low: 0)
        for _ in 0..<10_000 {
            let id = try writer.newID(at: ManualClock.start)
            #expect(id > last && id.number == last.number + 1 || last.high == 0)
            last = id
        }
        #expect(last.milliseconds == ManualClock.start.milliseconds + 2)
    }
}
