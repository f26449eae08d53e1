import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

@Suite(.timeLimit(.minutes(30))) struct WaitTests {
    let transport = ScriptedTransport.holding()
    let clock = ManualClock()

    private func engine(_ limits: EngineLimits = EngineLimits()) throws -> Engine {
        try Engine(try SagaStore.inMemory(), transport, clock, limits: limits)
    }

    /// Starts a booking and waits; what came, and when.
    private func start(_ engine: Engine, _ wait: Wait) async throws -> (reply: Reply<StartVerdict>, after: Int64) {
        let reply = try await engine.start(.booking(), wait: wait)
        return (reply, clock.now() - ManualClock.start)
    }

    @Test func `a start answers when its saga has settled`() async throws {
        let engine = try engine()
        try await engine.running { () async throws in
            async let reply = engine.start(.booking(), wait: .until(.settled))
            transport.end(await transport.calls(atLeast: 1)[0])
            let (verdict, saga, reached) = try await (reply.verdict, reply.saga, reply.reached)
            #expect(verdict == .created && reached)
            #expect(saga.state == "Reserved" && saga.status == .waiting)
        }
    }

    @Test func `a look waits for an end, a state, or more history; what is there already is answered at once`()
        async throws
    {
        let engine = try engine()
        try await engine.running { () async throws in
            let saga = try await engine.start(.booking()).saga
            let reference = SagaReference(saga.id)
            async let ended = engine.look(reference, wait: .until(.ended))
            async let reserved = engine.look(reference, wait: .until(.state("Reserved")))
            async let longer = engine.look(reference, wait: .until(.news(length: saga.length, token: .max)))
            async let nowhere = engine.look(reference, wait: .until(.state("Cancelled")))
            #expect(try await engine.look(reference, wait: .until(.state("Paying"))).saga == saga)
            #expect(
                try await engine.look(reference, wait: .until(.news(length: saga.length - 1, token: .max))).saga == saga
            )
            await engine.settle()
            transport.end(await transport.calls(atLeast: 1)[0])
            #expect(try await reserved.saga.state == "Reserved")
            #expect(try await longer.saga.length > saga.length)
            #expect(try await engine.signal(saga.id, "confirm", wait: .until(.ended)) == .handled)
            #expect(try await ended.saga.end == .succeeded)
            // Whoever waits for a state that never comes is told when the saga has ended.
            #expect(try await nowhere.saga.end == .succeeded)
        }
    }

    @Test func `a wait that runs out answers with where the saga is`() async throws {
        let engine = try engine()
        try await engine.running { () async throws in
            async let answer = start(engine, Wait(goal: .settled, timeout: 5_000))
            _ = await transport.calls(atLeast: 1)
            await engine.settle()
            for step in [4_999, 1] as [Int64] { await clock.move(step, engine) }
            let (reply, after) = try await answer
            #expect(!reply.reached && reply.verdict == .created)
            #expect(reply.saga.state == "Paying" && reply.saga.status == .running)
            #expect(after == 5_000)
        }
    }

    @Test func `nobody waits longer than the limit`() async throws {
        let engine = try engine(EngineLimits(waitMax: 1_000))
        try await engine.running { () async throws in
            async let answer = start(engine, Wait(goal: .settled, timeout: .max))
            _ = await transport.calls(atLeast: 1)
            await engine.settle()
            for step in [999, 1] as [Int64] { await clock.move(step, engine) }
            let (reply, after) = try await answer
            #expect(!reply.reached && after == 1_000)
        }
    }

    @Test func `above the waiters' maximum a look is told to come again, and a command what it did`() async throws {
        let engine = try engine(EngineLimits(waitersMax: 1))
        try await engine.running { () async throws in
            async let first = engine.start(.booking(), wait: .until(.settled))
            let call = await transport.calls(atLeast: 1)[0]
            await engine.settle()
            let busy = await refusal { () async throws(EngineError) in
                try await engine.look(SagaReference(call.saga), wait: .until(.settled))
            }
            #expect(busy == .busy(inboxMax: 1))
            let second = try await engine.start(.booking("Bob"), wait: .until(.settled))
            #expect(second.verdict == .created && !second.reached)
            transport.end(call)
            #expect(try await first.reached)
            // Its place is free again.
            #expect(try await engine.look(SagaReference(call.saga), wait: .until(.settled)).reached)
        }
    }

    @Test func `before a stop all that wait are answered, and nobody waits any more`() async throws {
        let engine = try engine()
        try await engine.running { () async throws in
            async let waiting = engine.start(.booking(), wait: .until(.settled))
            let call = await transport.calls(atLeast: 1)[0]
            await engine.settle()
            engine.endWaits()
            #expect(try await waiting.reached == false)
            #expect(engine.waitsEnded)
            #expect(try await engine.look(SagaReference(call.saga), wait: .until(.settled)).reached == false)
            // Commands are still taken.
            let cancel = try await engine.cancel(SagaReference(call.saga), CancelSent(), wait: .until(.ended))
            #expect(cancel.verdict == .accepted && !cancel.reached)
        }
    }

    @Test func `a stop answers all that wait`() async throws {
        let engine = try engine()
        let run = Task { try await engine.run() }
        async let waiting = engine.start(.booking(), wait: .until(.settled))
        _ = await transport.calls(atLeast: 1)
        await engine.settle()
        run.cancel()
        #expect(try await waiting.reached == false)
        _ = await run.result
    }

    @Test func `a clock that is set back ends waits, and one that is trimmed does not`() async throws {
        let engine = try engine()
        try await engine.running { () async throws in
            async let answer = start(engine, .until(.settled))
            _ = await transport.calls(atLeast: 1)
            await engine.settle()
            for step in [-900, -.hour] as [Int64] { await clock.move(step, engine) }
            let (reply, after) = try await answer
            #expect(!reply.reached && after == -900 - .hour)
        }
    }

    @Test func `a wait for a state is checked against the version that is started, or that the saga has`() async throws
    {
        let workflows = try [
            LoadedWorkflow.booking(version: "1", isCurrent: false), .booking(version: "2", first: "Charging"),
        ]
        let engine = try Engine(try SagaStore.inMemory(), transport, clock, workflows: workflows)
        try await engine.running { () async throws in
            for (version, goal, known) in [("1", "Charging", "Paying"), ("2", "Paying", "Charging")] {
                let refused = EngineError.noSuchGoal(
                    state: goal, workflow: "booking", version: version,
                    known: [known, "Reserved", "Confirmed", "Cancelled"])
                let start = await refusal { () async throws(EngineError) in
                    try await engine.start(.booking(version: version), wait: .until(.state(goal)))
                }
                #expect(start == refused)
                #expect(try await engine.list(SagaFilter()).sagas.isEmpty)
            }
            let old = try await engine.start(.booking(key: "k", version: "1"), wait: .until(.state("Paying"))).saga
            let refused = EngineError.noSuchGoal(
                state: "Charging", workflow: "booking", version: "1",
                known: ["Paying", "Reserved", "Confirmed", "Cancelled"])
            // The saga that a repeated start finds is of the old version, whatever the start asks for.
            let again = await refusal { () async throws(EngineError) in
                try await engine.start(.booking(key: "k"), wait: .until(.state("Charging")))
            }
            #expect(again == refused)
            let reference = SagaReference(old.id)
            let look = await refusal { () async throws(EngineError) in
                try await engine.look(reference, wait: .until(.state("Charging")))
            }
            #expect(look == refused)
            let cancel = await refusal { () async throws(EngineError) in
                try await engine.cancel(reference, CancelSent(), wait: .until(.state("Charging")))
            }
            #expect(cancel == refused)
            let signal = await refusal { () async throws(EngineError) in
                try await engine.signal(reference, SignalSent(name: "confirm"), wait: .until(.state("Charging")))
            }
            #expect(signal == refused)
            let act = await refusal { () async throws(EngineError) in
                let pause = OperateCommand(.pause, reason: "r", by: nil)
                return try await engine.operate(reference, pause, dryRun: false, wait: .until(.state("Charging")))
            }
            #expect(act == refused)
            #expect(try await engine.look(reference).saga == old)
        }
    }

    @Test func `what is refused is told at once, whatever it would wait for`() async throws {
        let engine = try engine()
        try await engine.running { () async throws in
            let saga = try await engine.start(.booking()).saga
            // The clock stands still: a wait would never end.
            let signal = try await engine.signal(saga.id, "confirm", wait: .until(.ended))
            #expect(signal == .refused(reason: "state 'Paying' does not take signal 'confirm'"))
            transport.end(await transport.calls(atLeast: 1)[0])
            #expect(try await engine.look(SagaReference(saga.id), wait: .until(.state("Reserved"))).reached)
            #expect(try await engine.signal(saga.id, "confirm", wait: .until(.ended)) == .handled)
            let late = try await engine.cancel(SagaReference(saga.id), CancelSent(), wait: .until(.state("Paying")))
            #expect(late.verdict == .tooLate(state: "Confirmed"))
        }
    }

    @Test(arguments: [WaitGoal.ended, .state("Confirmed"), .settled])
    func `nobody waits for a saga that is stuck`(goal: WaitGoal) async throws {
        let engine = try engine()
        try await engine.running { () async throws in
            let id = try await engine.start(.booking()).saga.id
            transport.end(await transport.calls(atLeast: 1)[0])
            await engine.settle()
            async let waiting = engine.cancel(SagaReference(id), CancelSent(), wait: .until(goal))
            let undo = await transport.calls(atLeast: 2)[1]
            await engine.settle()
            transport.end(undo, .refused(code: "closed", message: "no"))
            let first = try await waiting
            #expect(first.saga.status == .stuck && first.verdict == .accepted)
            let second = try await engine.look(SagaReference(id), wait: .until(goal))
            #expect(second.saga.status == .stuck)
            // It is settled, as nothing is on its way; and neither over nor where it should be.
            #expect(first.reached == (goal == .settled) && second.reached == first.reached)
        }
    }
}
