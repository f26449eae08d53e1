import SagaCore
import SagaStore
import Synchronization
import Testing

@testable import SagaEngine

/// Rule 21: timers fire once, at their time or late with the lateness in the history, whatever the clock does.
@Suite(.timeLimit(.minutes(30))) struct TimerTests {
    let store: SagaStore
    let clock = ManualClock()

    init() throws { store = try SagaStore.inMemory() }

    private func engine(
        _ transport: ScriptedTransport = ScriptedTransport(), limits: EngineLimits = EngineLimits()
    ) throws -> Engine {
        try Engine(store, transport, clock, limits: limits)
    }

    private func lateness(_ engine: Engine, _ saga: SagaID) async throws -> [Int64] {
        try await engine.history(SagaReference(saga)).entries.compactMap { entry in
            if case .timerFired(_, let late) = entry.record { late } else { nil }
        }
    }

    @Test func `a retry leaves at its time and not before, with the same key`() async throws {
        let transport = ScriptedTransport { $0.number == 1 ? .unknown(message: "lost") : ScriptedTransport.done }
        let engine = try engine(transport)
        try await engine.running { () async throws in
            let saga = try await engine.start(.booking()).saga.id
            let retrySet = try await engine.look(SagaReference(saga), wait: .until(.news(length: 5, token: .max))).saga
            #expect(retrySet.openCalls.nextRetry?.due == ManualClock.start + .second)
            await clock.move(999, engine)
            #expect(transport.calls.count == 1)
            #expect(try await engine.look(SagaReference(saga)).saga == retrySet)
            await clock.move(1, engine)
            let calls = await transport.calls(atLeast: 2)
            #expect(calls.map(\.number) == [1, 2])
            #expect(calls[0].key == calls[1].key && calls[0].token != calls[1].token)
            #expect(calls[0].request == calls[1].request)
            let settled = try await engine.look(SagaReference(saga), wait: .until(.settled)).saga
            #expect(settled.state == "Reserved")
        }
    }

    @Test func `a timer beyond the horizon fires to the millisecond`() async throws {
        let engine = try engine()
        try await engine.running { () async throws in
            let saga = try await engine.start(.alarm).saga.id
            await clock.move(89_999, engine)
            #expect(try await engine.state(of: saga) == "Waiting")
            await clock.move(1, engine)
            #expect(try await engine.state(of: saga) == "Rung")
            #expect(try await lateness(engine, saga) == [0])
        }
    }

    @Test(arguments: [1_000, 29_000, 61_000] as [Int64])
    func `a timer fires however the clock gets there`(step: Int64) async throws {
        let engine = try engine()
        try await engine.running { () async throws in
            let saga = try await engine.start(.alarm).saga.id
            var time: Int64 = 0
            while time + step < 90_000 {
                time += step
                await clock.move(step, engine)
                #expect(try await engine.state(of: saga) == "Waiting")
            }
            await clock.move(step, engine)
            #expect(try await engine.state(of: saga) == "Rung")
            #expect(try await lateness(engine, saga) == [time + step - 90_000])
        }
    }

    @Test func `a clock that jumps forward fires all that was due, each once and with its lateness`() async throws {
        let engine = try engine(limits: EngineLimits(batchMax: 16))
        try await engine.running { () async throws in
            var sagas: [SagaID] = []
            for _ in 0..<50 { sagas.append(try await engine.start(.alarm).saga.id) }
            await clock.move(10 * .hour, engine)
            for saga in sagas {
                let now = try await engine.look(SagaReference(saga), wait: .until(.state("Rung"))).saga
                #expect(now.state == "Rung")
                #expect(try await lateness(engine, saga) == [10 * .hour - 90_000])
            }
        }
    }

    @Test func `a clock that jumps back fires nothing twice, and what is set then at its new time`() async throws {
        let engine = try engine()
        try await engine.running { () async throws in
            let rung = try await engine.start(.alarm).saga.id
            let early = try await engine.start(.alarm).saga.id
            await clock.move(45_000, engine)
            _ = try await engine.signal(early, "snooze")
            await clock.move(45_000, engine)
            #expect(try await engine.state(of: rung) == "Rung")
            await clock.move(-.hour, engine)
            let back = try await engine.start(.alarm).saga.id
            #expect(try await engine.state(of: early) == "Waiting")
            await clock.move(90_000, engine)
            #expect(try await engine.state(of: back) == "Rung")
            #expect(try await engine.state(of: early) == "Waiting")
            await clock.move(.hour, engine)
            #expect(try await engine.state(of: early) == "Rung")
            for saga in [rung, back] { #expect(try await lateness(engine, saga) == [0]) }
            #expect(try await lateness(engine, early) == [45_000])
        }
    }

    @Test func `a timer of a state that was left fires nothing`() async throws {
        let engine = try engine()
        try await engine.running { () async throws in
            let saga = try await engine.start(.alarm).saga.id
            await clock.move(60_000, engine)
            _ = try await engine.signal(saga, "snooze")
            let before = try await engine.names(of: saga)
            await clock.move(30_000, engine)
            #expect(try await engine.names(of: saga) == before)
            await clock.move(60_000, engine)
            #expect(try await engine.state(of: saga) == "Rung")
            #expect(try await lateness(engine, saga) == [0])
        }
    }

    @Test func `after downtime a timer fires late, and the history says how late`() async throws {
        let before = try engine()
        let saga = try await before.running { () async throws in
            try await before.start(.booking(), wait: .until(.settled)).saga.id
        }
        await clock.move(80 * .hour)
        let after = try engine()
        try await after.running { () async throws in
            let ended = try await after.look(SagaReference(saga), wait: .until(.ended)).saga
            #expect(ended.end == .cancelled)
            #expect(ended.steps.map(\.effect) == [.compensated])
            #expect(try await lateness(after, saga) == [8 * .hour])
        }
    }

    @Test func `timers have their share of the batches of a full inbox`() async throws {
        let order = Mutex<[SagaID]>([])
        let engine = try Engine(
            store, ScriptedTransport(), clock, limits: EngineLimits(batchMax: 8),
            observer: { changes in order.withLock { $0 += changes.map(\.saga.id) } })
        try await engine.running { () async throws in
            let timer = try await engine.start(.alarm).saga.id
            let busy = try await engine.start(.alarm).saga.id
            await engine.settle()
            let inputs = engine.gauges.current.inputs
            let gate = StoreGate(store)
            try await withThrowingTaskGroup(of: SignalVerdict.self) { group in
                group.addTask { try await engine.signal(busy, "snooze") }
                while engine.gauges.current.inputs == inputs { await Task.yield() }
                for _ in 0..<80 { group.addTask { try await engine.signal(busy, "snooze") } }
                await engine.backlog(reaches: 80)
                await clock.move(90_000)
                gate.open()
                for try await verdict in group { #expect(verdict == .handled) }
            }
            await engine.settle()
            let changes = order.withLock { $0 }
            #expect(changes.count >= 84)
            // Two starts, the snooze at the gate, and at most one batch of those that came with the timer.
            #expect((changes.lastIndex(of: timer) ?? .max) < 2 + 1 + 8)
        }
    }
}
