import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// A participant that is away: its calls wait in their lane, and no history hears of it (rule 24).
@Suite(.timeLimit(.minutes(30))) struct ParkingTests {
    private let clock = ManualClock()
    private let ticker = HandTicker()
    private let back = Slot<Bool>()
    private let breaker = BreakerSettings(failures: 2, within: 60_000, cooldown: 1_000)

    private func transport(concurrency: Int = 1_000) -> ScriptedTransport {
        ScriptedTransport(concurrency: concurrency, breaker: breaker) { [back] _ in
            back.get() == true ? ScriptedTransport.done : .unreached(message: "connection refused")
        }
    }

    private func engine(_ store: SagaStore, _ transport: ScriptedTransport) throws -> Engine {
        try Engine(store, transport, clock, ticker: ticker)
    }

    /// Two sagas have found out that the participant is away.
    private func outage(_ engine: Engine) async throws {
        for guest in ["a", "b"] { _ = try await engine.start(.booking(guest)) }
        while engine.dispatcher.counts["pay"]?.breaker != .open, !Task.isCancelled { await engine.settle() }
    }

    /// Lets an hour pass, second by second, for retries, probes and their cooldowns.
    private func hour(_ engine: Engine) async {
        for _ in 0..<3_600 {
            ticker.advance(by: 1_000)
            await clock.move(.second, engine)
        }
    }

    @Test func `an hour of an outage is one record for those that found out, and none for the others`() async throws {
        let store = try SagaStore.inMemory()
        let transport = transport()
        let engine = try engine(store, transport)
        try await engine.running { () async throws in
            try await outage(engine)
            var sagas: [SagaID] = []
            for guest in 0..<20 { sagas.append(try await engine.start(.booking("g\(guest)")).saga.id) }
            await engine.settle()
            let before = try await engine.status()
            #expect(before.calls["pay"]?.parking?.cause == "connection refused")
            await hour(engine)
            let after = try await engine.status()
            #expect(after.calls["pay"]?.parking?.since == before.calls["pay"]?.parking?.since)
            let names = try await engine.names(of: sagas[19])
            #expect(names.prefix(4) == ["started", "entered", "step-armed", "attempted"])
            for saga in sagas { #expect(try await engine.names(of: saga).count <= 7) }
            // A probe a second, and nothing for those that wait.
            #expect(transport.calls.count <= 3_610)

            back.set(true)
            while engine.dispatcher.counts["pay"]?.breaker != .closed, !Task.isCancelled {
                ticker.advance(by: 1_000)
                await clock.move(.second, engine)
            }
            for saga in sagas {
                #expect(try await engine.look(SagaReference(saga), wait: .until(.settled)).saga.state == "Reserved")
            }
            #expect(try await engine.status().calls["pay"]?.parking == nil)
        }
    }

    @Test func `a cancel takes a parked call out at once, and it never leaves`() async throws {
        let transport = transport()
        let engine = try engine(try SagaStore.inMemory(), transport)
        try await engine.running { () async throws in
            try await outage(engine)
            let saga = try await engine.start(.booking("c")).saga.id
            let other = try await engine.start(.booking("d")).saga.id
            await engine.settle()
            #expect(engine.parking(of: saga)?.cause == "connection refused")
            _ = try await engine.cancel(SagaReference(saga), CancelSent(), wait: .until(.ended))
            #expect(try await engine.look(SagaReference(saga)).saga.status == .cancelled)
            #expect(engine.parking(of: saga) == nil && engine.parking(of: other) != nil)
            back.set(true)
            while engine.dispatcher.counts["pay"]?.breaker != .closed, !Task.isCancelled {
                ticker.advance(by: 1_000)
                await clock.move(.second, engine)
            }
            _ = try await engine.look(SagaReference(other), wait: .until(.settled))
            #expect(!transport.calls.contains { $0.saga == saga })
        }
    }

    @Test func `a cancel needs no fence for a call that never left`() async throws {
        let fenced = try LoadedWorkflow.parsed(
            """
            workflow: booking
            version: "1"
            summary: As the other, with a fence.
            input:
              type: object
              required: [guest]
              properties: { guest: { type: string } }
            initial: Paying
            states:
              Paying:
                call: pay.charge
                timeout: 1s
                unknown: fence
                compensate: { call: pay.refund }
                then: Reserved
                refused: Cancelled
                after: { 1m: Cancelled }
              Reserved: { signals: { confirm: Confirmed } }
              Confirmed: { end: succeeded }
              Cancelled: { end: cancelled }
            """)
        let transport = transport()
        let engine = try Engine(
            try SagaStore.inMemory(), transport, clock, workflows: [fenced], ticker: ticker)
        try await engine.running { () async throws in
            try await outage(engine)
            let cancelled = try await engine.start(.booking("c")).saga.id
            let timed = try await engine.start(.booking("d")).saga.id
            await engine.settle()
            #expect(engine.parking(of: cancelled) != nil && engine.parking(of: timed) != nil)
            let reply = try await engine.cancel(SagaReference(cancelled), CancelSent(), wait: .until(.ended))
            #expect(reply.saga.status == .cancelled)
            #expect(try await !engine.names(of: cancelled).contains("undo-armed"))
            await clock.move(60_000, engine)
            #expect(try await engine.look(SagaReference(timed), wait: .until(.ended)).saga.status == .cancelled)
            #expect(!transport.calls.contains { $0.saga == cancelled || $0.saga == timed })
        }
    }

    @Test func `what waits when the daemon is stopped is known to have done nothing`() async throws {
        let store = try SagaStore.inMemory()
        let transport = transport()
        let first = try engine(store, transport)
        let saga = try await first.running { () async throws in
            try await outage(first)
            let saga = try await first.start(.booking("c")).saga.id
            await first.settle()
            return saga
        }
        let kept = try store.read { reading in
            let row = try #require(try reading.saga(number: saga.number))
            return try Saga.fold(
                reading.history(of: row).flatMap { row in row.records.map { (at: row.at, record: $0) } })
        }
        #expect(!kept.openCalls.isCalling && kept.steps.first?.effect == StepRun.Effect.none)
        #expect(kept.steps.first?.attempts == 0)
        back.set(true)
        let next = try engine(store, transport)
        try await next.running { () async throws in
            #expect(try await next.look(SagaReference(saga), wait: .until(.settled)).saga.state == "Reserved")
        }
        #expect(transport.calls.filter { $0.saga == saga }.map(\.number) == [1])
    }

    @Test func `calls that were parked leave in order, a few at first, and no new one overtakes`() async throws {
        let transport = transport(concurrency: 20)
        let engine = try engine(try SagaStore.inMemory(), transport)
        try await engine.running { () async throws in
            try await outage(engine)
            var sagas: [SagaID] = []
            for guest in 0..<12 { sagas.append(try await engine.start(.booking("g\(guest)")).saga.id) }
            await engine.settle()
            let made = transport.calls.count
            back.set(true)
            ticker.advance(by: 1_000)
            // The probe, and a tenth of what may be in flight.
            _ = await transport.calls(atLeast: made + 3)
            sagas.append(try await engine.start(.booking("new")).saga.id)
            await engine.settle()
            #expect(transport.calls.count == made + 3)
            ticker.advance(by: 1_000)
            _ = await transport.calls(atLeast: made + 7)
            await engine.settle()
            #expect(transport.calls.count == made + 7)
            ticker.advance(by: 1_000)
            _ = await transport.calls(atLeast: made + 13)
            for saga in sagas { _ = try await engine.look(SagaReference(saga), wait: .until(.settled)) }
            #expect(Set(transport.calls.dropFirst(made).map(\.saga)).isSuperset(of: sagas))
            #expect(transport.calls.dropFirst(made).map(\.saga).filter { sagas.contains($0) } == sagas)
        }
    }
}
