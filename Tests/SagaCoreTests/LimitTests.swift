import CEL
import SagaCore
import Testing

/// Rule 24: nothing of a saga grows without bound.
struct LimitTests {
    private func saga(_ workflow: Workflow) throws -> Saga {
        try Saga.start(StartSent(id: Player.id, input: .map(MapValue())), in: workflow, at: Player.start).saga
    }

    private func signal(_ name: String, id: String? = nil) -> Input {
        .signalled(SignalSent(name: name, id: id))
    }

    @Test func `rule 24: timers that lead round and round end in a stuck saga, which can be cancelled`() throws {
        var saga = try saga(.loops).decide(signal("soon"), in: .loops, at: Player.start).saga
        var wakes = 0
        while saga.stuck == nil, let due = saga.due {
            saga = try saga.decide(.woken, in: .loops, at: due).saga
            wakes += 1
        }
        #expect(saga.stuck?.code == .historyLimit)
        #expect(saga.length >= SagaLimits.standard.recordsMax && saga.length < SagaLimits.standard.recordsMax + 10)
        #expect(wakes > 30_000)
        let end = try saga.decide(.cancelled(CancelSent()), in: .loops, at: Player.start)
        #expect(end.answer == .cancel(.accepted) && end.saga.status == .cancelled)
    }

    private func signal(_ name: String, id: String? = nil, bytes: Int) -> Input {
        .signalled(SignalSent(name: name, id: id, data: .string(String(repeating: "x", count: bytes))))
    }

    @Test
    func `rule 24: a thousand refused signals with large data leave none of it, and room for those that are good`()
        throws
    {
        var saga = try saga(.loops)
        let before = saga
        for number in 0..<SagaLimits.refusedSignalsMax {
            let input = signal("stranger", id: "\(number)", bytes: 16 << 10)
            saga = try saga.decide(input, in: .loops, at: Player.start).saga
        }
        let full = Rejection.full(what: "refused signals", max: SagaLimits.refusedSignalsMax)
        for number in 0..<500 {
            #expect(throws: full) {
                try saga.decide(signal("stranger", id: "more \(number)", bytes: 16 << 10), in: .loops, at: Player.start)
            }
        }
        #expect(saga.weight < before.weight + SagaLimits.refusedSignalsMax * (SagaLimits.refusedBytesMax + 256))
        #expect(saga.signals.allSatisfy { $0.data.value == .null })
        // The same id gets its first answer again, and a good one is taken.
        let again = try saga.decide(signal("stranger", id: "7"), in: .loops, at: Player.start)
        #expect(again.saga == saga)
        #expect(try saga.decide(signal("soon"), in: .loops, at: Player.start).answer == .signal(.handled))
    }

    @Test func `rule 24: a saga remembers so many bytes of signals`() throws {
        var saga = try saga(.loops)
        // Each is kept until a state takes it, which none does.
        let data = Value.string(String(repeating: "x", count: 1 << 20))
        let input = Input.signalled(SignalSent(name: "stranger", data: data, isEarly: true))
        var taken = 0
        while let next = try? saga.decide(input, in: .loops, at: Player.start).saga, taken < 20 {
            saga = next
            taken += 1
        }
        #expect(taken == 7)
        #expect(throws: Rejection.full(what: "bytes of signals", max: SagaLimits.signalBytesMax)) {
            try saga.decide(input, in: .loops, at: Player.start)
        }
        #expect(throws: Never.self) { try saga.decide(signal("soon"), in: .loops, at: Player.start) }
        // By itself a larger one than that is taken: what the socket lets through is for some saga.
        let fresh = try self.saga(.loops)
        let large = signal("soon", bytes: SagaLimits.signalBytesMax + 1)
        #expect(try fresh.decide(large, in: .loops, at: Player.start).answer == .signal(.handled))
    }

    @Test func `rule 24: tries that fail alike are one record, however many`() throws {
        var saga = try saga(.gate)
        let length = saga.length
        for round in 0..<10_000 {
            let now = Player.start + Int64(round) * 60_000
            let ended = AttemptEnded(
                token: try #require(saga.openCalls.attempts.first?.token),
                outcome: .unreached(message: "down \(round % 7)"))
            let decision = try saga.decide(.attemptEnded(ended), in: .gate, at: now)
            saga = try decision.saga.decide(.woken, in: .gate, at: now + 60_000).saga
            #expect(saga.stuck == nil && saga.length == length + 3)
        }
        #expect(saga.steps[0].attempts == 10_001)
    }

    @Test func `rule 24: a loop at the limit of its history can be undone to the last step`() throws {
        // Smaller ones, in the same proportion: at the engine's own this takes a minute.
        let limits = SagaLimits(recordsMax: 20_000, recordsMaxInAll: 80_000)
        var saga = try saga(.endless)
        var world = Set<Int>()
        func decide(_ input: Input) throws {
            saga = try saga.decide(input, in: .endless, at: saga.due ?? Player.start, limits: limits).saga
        }
        func answer(_ outcome: Outcome = .succeeded(result: nil)) throws {
            let token = try #require(saga.openCalls.attempts.first?.token)
            try decide(.attemptEnded(AttemptEnded(token: token, outcome: outcome)))
        }
        while saga.stuck == nil {
            world.insert(try #require(saga.currentStep?.number))
            try answer()
        }
        #expect(saga.stuck?.code == .historyLimit && saga.length < limits.recordsMax + 10)
        let made = world.count
        #expect(made > 4_000 && saga.steps.count == made)
        #expect(throws: Rejection.self) {
            try decide(.operated(OperatorAct(.retry(), reason: "on")))
        }
        try decide(.cancelled(CancelSent()))
        while saga.end == nil {
            let step = try #require(saga.openCalls.attempts.first?.step)
            if step % 64 == 0 { try lose() }
            world.remove(step)
            try answer()
        }
        #expect(saga.end == .cancelled && world.isEmpty)
        #expect(saga.length < limits.recordsMaxInAll)

        /// An attempt to undo without an answer, and the next one.
        func lose() throws {
            try answer(.unknown(message: "cut"))
            try decide(.woken)
        }
    }

    @Test func `rule 24: late completions are no longer kept when the history is full`() throws {
        var saga = try saga(.oneWay)
        for _ in 0..<SagaLimits.standard.recordsMax + 10 {
            saga = try saga.decide(
                .attemptEnded(AttemptEnded(token: 1, outcome: .succeeded(result: nil))), in: .oneWay, at: Player.start
            ).saga
        }
        #expect(saga.length == SagaLimits.standard.recordsMax)
    }

    @Test func `rule 24: a saga remembers so many signals and takes no more`() throws {
        var saga = try saga(.gate)
        for number in 0..<SagaLimits.signalsMax {
            saga = try saga.decide(signal("pass", id: "s\(number)"), in: .gate, at: Player.start).saga
        }
        #expect(throws: Rejection.full(what: "signals", max: SagaLimits.signalsMax)) {
            try saga.decide(signal("pass", id: "more"), in: .gate, at: Player.start)
        }
        // The answer to one that is known costs no room.
        let again = try saga.decide(signal("pass", id: "s0"), in: .gate, at: Player.start)
        #expect(again.answer == .signal(.deferred) && again.records.isEmpty)
        #expect(
            Rejection.full(what: "signals", max: 1_000).description
                == "the saga holds 1000 signals, which is the maximum")
    }

    @Test func `a refused signal without an id leaves no trace`() throws {
        let saga = try saga(.gate)
        let decision = try saga.decide(signal("kick"), in: .gate, at: Player.start)
        #expect(decision.records.isEmpty && decision.saga == saga)
    }
}
