import CEL
import Testing

@testable import SagaCore

/// A timer that the version of the saga does not have.
struct OrphanTimerTests {
    private func at(_ minutes: Int64) -> Instant { Player.start + minutes * 60_000 }

    private func started(_ workflow: Workflow) throws -> Saga {
        try Saga.start(StartSent(id: Player.id, input: .map(MapValue())), in: workflow, at: Player.start).saga
    }

    @Test func `rule 21: a timer that is due and that nobody knows is a person's, and not nothing`() throws {
        let saga = try started(.patient)
        let woken = try saga.decide(.woken, in: .patientHasty, at: at(60))
        let stuck = Saga.StuckReason(
            code: .noTimer,
            message: "timer '30m' of state 'Asked' is due, and version \"3\" of 'patient' does not say what follows; "
                + "move the saga to a version that knows it, or that sets other timers")
        #expect(woken.records == [.stuck(stuck, next: .wait)])
        // It has not fired, and says so again until it can.
        let retried = try woken.saga.decide(
            .operated(OperatorAct(.retry(), reason: "r")), in: .patientHasty, at: at(61))
        #expect(try retried.saga.decide(.woken, in: .patientHasty, at: at(61)).saga.stuck == stuck)
        let moved = try woken.saga.decide(.migrated(MigrateSent()), in: .patientLonger, at: at(62)).saga
        #expect(moved.timers.map(\.name) == ["30m", "2h"])
        let freed = try moved.decide(.operated(OperatorAct(.retry(), reason: "r")), in: .patientLonger, at: at(63)).saga
        #expect(try freed.decide(.woken, in: .patientLonger, at: at(63)).saga.timers.map(\.name) == ["2h"])
    }

    @Test func `rule 21: so is a deadline that nobody knows`() throws {
        let saga = try started(.patientHasty)
        let later = try saga.decide(.migrated(MigrateSent()), in: .patient, at: at(1)).saga
        #expect(later.timers.map(\.name) == ["30m", "1h"])
        var orphaned = saga
        orphaned.timers.removeAll { $0.name != SagaTimer.deadline }
        let woken = try orphaned.decide(.woken, in: .patient, at: at(180))
        #expect(woken.saga.stuck?.code == .noTimer)
        #expect(woken.saga.stuck?.message.hasPrefix("the deadline of the whole saga is due, ") == true)
    }

    @Test func `a deadline that has passed is not set again`() throws {
        var saga = try started(.patientHasty)
        saga.apply(.timerFired(name: SagaTimer.deadline, late: 0), at: at(180))
        saga.apply(.entered(state: "Asked"), at: at(181))
        let moved = try saga.decide(.migrated(MigrateSent()), in: .patientLonger, at: at(182)).saga
        #expect(
            try moved.decide(.migrated(MigrateSent()), in: .patientHasty, at: at(183)).saga.timers.map(\.name) == ["5m"]
        )
    }

    @Test func `on its way out of a state a saga has none of its timers in any version`() throws {
        var saga = try started(.patientHasty)
        saga.apply(.leaving(to: "Confirmed", cause: "signal done"), at: at(1))
        let moved = try saga.decide(.migrated(MigrateSent()), in: .patient, at: at(2)).saga
        #expect(moved.timers.isEmpty)
    }
}
