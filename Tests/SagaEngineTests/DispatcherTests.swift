import CEL
import GRDB
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

@Suite(.timeLimit(.minutes(30))) struct DispatcherTests {
    @Test func `so many calls to a participant are in flight at most, and the others follow in order`() async throws {
        let transport = ScriptedTransport.holding(concurrency: 3)
        let engine = try Engine(try SagaStore.inMemory(), transport, ManualClock())
        try await engine.running { () async throws in
            var sagas: [SagaID] = []
            for guest in 0..<10 { sagas.append(try await engine.start(.booking("\(guest)")).saga.id) }
            _ = await transport.calls(atLeast: 3)
            await engine.settle()
            #expect(try await engine.status().calls == ["pay": .init(inFlight: 3, queued: 7)])
            #expect(transport.calls.count == 3)
            for number in 0..<10 {
                let calls = await transport.calls(atLeast: number + 1)
                transport.end(calls[number])
                // Who takes the place has left before the next place is free.
                _ = await transport.calls(atLeast: min(10, number + 4))
            }
            for saga in sagas { _ = try await engine.look(SagaReference(saga), wait: .until(.settled)) }
            #expect(transport.mostInFlight == 3)
            // The first three left together; each of the others took the place of one that ended.
            #expect(transport.calls.dropFirst(3).map(\.saga) == Array(sagas.dropFirst(3)))
        }
    }

    @Test func `a reload raises and lowers how many are in flight, and nothing new overtakes`() async throws {
        let transport = ScriptedTransport.holding(concurrency: 2)
        let engine = try Engine(try SagaStore.inMemory(), transport, ManualClock())
        try await engine.running { () async throws in
            var sagas: [SagaID] = []
            for guest in 0..<8 { sagas.append(try await engine.start(.booking("\(guest)")).saga.id) }
            _ = await transport.calls(atLeast: 2)
            transport.change(concurrency: 4)
            engine.dispatcher.settingsChanged()
            let raised = await transport.calls(atLeast: 4)
            #expect(engine.dispatcher.counts == ["pay": .init(inFlight: 4, queued: 4)])
            transport.change(concurrency: 1)
            engine.dispatcher.settingsChanged()
            for call in raised.prefix(3) { transport.end(call) }
            while engine.dispatcher.counts["pay"]?.inFlight != 1 { await engine.settle() }
            #expect(engine.dispatcher.counts == ["pay": .init(inFlight: 1, queued: 4)])
            for number in 3..<8 { transport.end(await transport.calls(atLeast: number + 1)[number]) }
            for saga in sagas { _ = try await engine.look(SagaReference(saga), wait: .until(.settled)) }
            #expect(transport.calls.dropFirst(4).map(\.saga) == Array(sagas.dropFirst(4)))
            #expect(transport.mostInFlight == 4)
        }
    }

    @Test func `while the store takes no writes no call leaves, and those in flight come back`() async throws {
        let code = Slot<ResultCode>()
        let store = try SagaStore.inMemory {
            if let code = code.get(), code != .SQLITE_OK { throw DatabaseError(resultCode: code) }
        }
        let transport = ScriptedTransport.holding(concurrency: 2)
        let engine = try Engine(store, transport, ManualClock())
        try await engine.running { () async throws in
            var sagas: [SagaID] = []
            for guest in 0..<6 { sagas.append(try await engine.start(.booking("\(guest)")).saga.id) }
            let first = await transport.calls(atLeast: 2)
            code.set(.SQLITE_FULL)
            _ = await refusal { () async throws(EngineError) in try await engine.start(.booking("more")) }
            for call in first { transport.end(call) }
            while engine.dispatcher.counts["pay"]?.inFlight != 0 { await engine.settle() }
            // Bounded by what was in flight: the others wait, and nothing new is to be held.
            #expect(try await engine.status().calls == ["pay": .init(inFlight: 0, queued: 4)])
            #expect(transport.calls.count == 2)
            code.set(.SQLITE_OK)
            #expect(await engine.probe() == .sound)
            for number in 2..<6 {
                let calls = await transport.calls(atLeast: number + 1)
                transport.end(calls[number])
            }
            for saga in sagas { _ = try await engine.look(SagaReference(saga), wait: .until(.settled)) }
            // Two leave at once, in either order.
            #expect(transport.calls.count == 6 && Set(transport.calls.map(\.saga)) == Set(sagas))
            #expect(transport.mostInFlight == 2)
        }
    }

    @Test func `a late or doubled completion changes nothing but the history`() async throws {
        let transport = ScriptedTransport.holding()
        let engine = try Engine(try SagaStore.inMemory(), transport, ManualClock())
        try await engine.running { () async throws in
            let saga = try await engine.start(.booking()).saga.id
            let call = await transport.calls(atLeast: 1)[0]
            transport.end(call)
            let settled = try await engine.look(SagaReference(saga), wait: .until(.settled)).saga
            let doubled = AttemptEnded(token: call.token, outcome: .refused(code: "no", message: "late"))
            try engine.inbox.push(Posted(ask: .tell(.number(saga.number), .attemptEnded(doubled))))
            let after = try await engine.look(
                SagaReference(saga), wait: .until(.news(length: settled.length, token: .max))
            ).saga
            #expect(after.state == "Reserved" && after.steps == settled.steps)
            #expect(try await engine.names(of: saga).last == "late")
        }
    }
}
