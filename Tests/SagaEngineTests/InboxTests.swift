import Logging
import SagaCore
import SagaStore
import ServiceLifecycle
import Testing

@testable import SagaEngine

@Suite(.timeLimit(.minutes(30))) struct InboxTests {
    @Test func `a full inbox answers busy, still takes a probe, and loses nothing that it accepted`() async throws {
        let store = try SagaStore.inMemory()
        let engine = try Engine(
            store, ScriptedTransport(), ManualClock(), limits: EngineLimits(inboxMax: 5, batchMax: 2))
        try await engine.running { () async throws in
            await engine.settle()
            let inputs = engine.gauges.current.inputs
            let gate = StoreGate(store)
            try await withThrowingTaskGroup(of: StartVerdict?.self) { group in
                group.addTask { try await engine.start(.booking("first")).verdict }
                while engine.gauges.current.inputs == inputs { await Task.yield() }
                for guest in 0..<5 { group.addTask { try await engine.start(.booking("\(guest)")).verdict } }
                await engine.backlog(reaches: 5)
                let busy = await refusal { () async throws(EngineError) in try await engine.start(.booking("more")) }
                #expect(busy == .busy(inboxMax: 5))
                group.addTask { await engine.probe() == .sound ? nil : .existing }
                await engine.backlog(reaches: 6)
                gate.open()
                var verdicts: [StartVerdict?] = []
                for try await verdict in group { verdicts.append(verdict) }
                #expect(verdicts.count { $0 == .created } == 6)
                #expect(verdicts.count { $0 == nil } == 1)
            }
            #expect(try await engine.list(SagaFilter()).sagas.count == 6)
            #expect(try await engine.start(.booking("more")).verdict == .created)
        }
    }

    @Test func `probes, too, have a maximum`() throws {
        let inbox = Inbox(commandsMax: 1)
        for _ in 0..<64 { try inbox.push(Chore.probe(writing: false, { _ in })) }
        #expect(throws: EngineError.busy(inboxMax: 1)) {
            try inbox.push(Chore.probe(writing: false, { _ in }))
        }
        // What has happened is always taken.
        try inbox.push(Posted(ask: .tell(.number(1), .woken)))
        #expect(inbox.backlog == 65)
    }

    @Test func `neither a nudge nor an order before the wait is lost`() throws {
        let inbox = Inbox(commandsMax: 1)
        inbox.nudge()
        inbox.wait(milliseconds: 90_000)
        try inbox.push(Posted(ask: .tell(.number(1), .woken)))
        inbox.wait(milliseconds: 90_000)
        #expect(inbox.take(max: 9).count == 1)
        inbox.close()
        inbox.wait(milliseconds: 90_000)
        #expect(throws: EngineError.stopping) { try inbox.push(Chore.probe(writing: false, { _ in })) }
    }

    @Test func `a graceful stop finishes what was accepted and takes no more`() async throws {
        let store = try SagaStore.inMemory()
        let transport = ScriptedTransport.holding()
        let engine = try Engine(store, transport, ManualClock(), limits: EngineLimits(batchMax: 4))
        let services = ServiceGroup(
            configuration: .init(
                services: [engine], gracefulShutdownSignals: [],
                logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        try await withThrowingTaskGroup(of: StartVerdict?.self) { group in
            group.addTask {
                try await services.run()
                return nil
            }
            await engine.settle()
            #expect(engine.isReady)
            let inputs = engine.gauges.current.inputs
            let gate = StoreGate(store)
            group.addTask { try await engine.start(.booking("first")).verdict }
            while engine.gauges.current.inputs == inputs { await Task.yield() }
            for guest in 0..<20 { group.addTask { try await engine.start(.booking("\(guest)")).verdict } }
            await engine.backlog(reaches: 20)
            await services.triggerGracefulShutdown()
            while !engine.inbox.isClosed { await Task.yield() }
            let stopping = await refusal { () async throws(EngineError) in try await engine.start(.booking("late")) }
            #expect(stopping == .stopping)
            #expect(await engine.probe() == .missing)
            gate.open()
            var created = 0
            for try await verdict in group where verdict == .created { created += 1 }
            #expect(created == 21)
        }
        #expect(!engine.isReady)
        let rows = try store.read { try $0.sagas(limit: 100) }
        #expect(rows.count == 21)
        // Their calls had not left and are kept as not made: the next process makes them at once, and asks nobody.
        #expect(transport.calls.isEmpty)
        #expect(rows.allSatisfy { $0.due == ManualClock.start.milliseconds })
    }

    @Test func `a loop that cannot start answers what came before`() async throws {
        let store = try SagaStore.inMemory()
        let engine = try Engine(store, ScriptedTransport(), ManualClock())
        store.close()
        async let early = refusal { () async throws(EngineError) in try await engine.start(.booking()) }
        await engine.backlog(reaches: 1)
        await #expect(throws: StoreError.self) { try await engine.run() }
        #expect(await early == .stopping)
        let late = await refusal { () async throws(EngineError) in try await engine.start(.booking()) }
        #expect(late == .stopping)
    }
}
