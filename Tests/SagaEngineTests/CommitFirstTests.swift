import CEL
import SagaCore
import SagaStore
import Synchronization
import TestPrograms
import Testing

@testable import SagaEngine

/// Rule 1: intent before effect; nobody is answered before the commit that holds the answer.
@Suite(.timeLimit(.minutes(30))) struct CommitFirstTests {
    @Test func `rule 1: a call leaves only when its attempt is on the disk`() async throws {
        let folder = try TemporaryFolder()
        let store = try SagaStore.open(at: folder.file("sagas.db"))
        defer { store.close() }
        let missing = Mutex<[String]>([])
        let transport = ScriptedTransport { call in
            let isThere = try? store.read { reading throws in
                guard let row = try reading.saga(number: call.saga.number) else { return false }
                let records = try reading.history(of: row).flatMap(\.records)
                return row.due == SagaRow.inFlight
                    && records.contains(
                        .attempted(step: call.step, direction: call.direction, number: call.number, token: call.token))
            }
            if isThere != true { missing.withLock { $0.append("\(call.key) #\(call.token)") } }
            return call.number < 3 ? .unknown(message: "lost") : ScriptedTransport.done
        }
        let clock = ManualClock()
        let engine = try Engine(store, transport, clock)
        try await engine.running { () async throws in
            for guest in 0..<20 {
                let saga = try await engine.start(.booking("\(guest)")).saga.id
                if guest % 2 == 0 { _ = try await engine.cancel(SagaReference(saga), CancelSent()) }
            }
            // Two lost answers each, forward; then back for every other.
            while transport.calls.count < 90, !Task.isCancelled { await clock.move(.second, engine) }
        }
        #expect(missing.withLock { $0 } == [])
        #expect(transport.calls.count == 90)
    }

    @Test func `rule 1: nobody is answered and nothing leaves before the commit`() async throws {
        let store = try SagaStore.inMemory()
        let events = Mutex<[String]>([])
        let transport = ScriptedTransport { _ in
            events.withLock { $0.append("sent") }
            return nil
        }
        let engine = try Engine(store, transport, ManualClock())
        try await engine.running { () async throws in
            await engine.settle()
            let gate = StoreGate(store)
            async let reply = engine.start(.booking())
            // The loop has taken the start and stands before the commit.
            await engine.backlog(reaches: 0)
            for _ in 0..<1_000 { await Task.yield() }
            events.withLock { $0.append("committed") }
            gate.open()
            _ = try await reply
            events.withLock { $0.append("answered") }
            _ = await transport.calls(atLeast: 1)
        }
        #expect(events.withLock { $0 }.first == "committed")
        #expect(Set(events.withLock { $0 }) == ["committed", "answered", "sent"])
    }

    @Test func `who is told of a commit finds it counted`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        let (counted, gauges) = (Slot<Int>(), rig.gauges)
        let start = StartCommand(workflow: "desk", input: .map(MapValue([("note", .string(""))])))
        try rig.inbox.push(Posted(ask: .start(start), port: { _ in counted.set(gauges.current.commits) }))
        while counted.get() == nil { _ = rig.loop.cycle(at: rig.clock.now()) }
        #expect(counted.get() == 1)
    }

    @Test func `rule 2: starts that come together share a commit`() async throws {
        let store = try SagaStore.inMemory()
        let transport = ScriptedTransport.holding()
        let engine = try Engine(store, transport, ManualClock())
        try await engine.running { () async throws in
            await engine.settle()
            let gate = StoreGate(store)
            try await withThrowingTaskGroup(of: SagaID.self) { group in
                group.addTask { try await engine.start(.booking("first")).saga.id }
                while engine.gauges.current.inputs < 3 { await Task.yield() }  // two probes, and the first start
                for guest in 0..<300 { group.addTask { try await engine.start(.booking("\(guest)")).saga.id } }
                await engine.backlog(reaches: 300)
                gate.open()
                var ids: Set<SagaID> = []
                for try await id in group { ids.insert(id) }
                #expect(ids.count == 301)
            }
            let status = try await engine.status()
            #expect(status.commits == 2)
            #expect(status.live == [.running: 301])
        }
    }

    @Test func `changes are observed in the order of their commits, each once`() async throws {
        let seen = Mutex<[CommittedChange]>([])
        let engine = try Engine(
            try SagaStore.inMemory(), ScriptedTransport(), ManualClock(),
            observer: { changes in seen.withLock { $0 += changes } })
        let saga = try await engine.running { () async throws in
            let saga = try await engine.start(.booking(), wait: .until(.settled)).saga.id
            _ = try await engine.signal(saga, "confirm")
            await engine.settle()
            return saga
        }
        let names = seen.withLock { $0 }.map { change in
            #expect(change.saga.id == saga)
            return change.records.map(\.name).joined(separator: " ")
        }
        #expect(
            names == ["started entered step-armed attempted", "succeeded entered timer-set", "signalled ended"])
    }
}
