@testable import SagaCore
@testable import SagaEngine

/// The four published policies that end sagas wrongly (issue: "Sagas that never lie").
extension Mutant {
    static let policies: [Mutant] = [
        .cancelTerminates, .undoesOnlyWhatCompleted, .cancelDoesNotWait, .probeSettles,
    ]

    /// A cancel ends the saga at once, and nothing is undone.
    static let cancelTerminates = Mutant(name: "a cancel is the end", tripped: .effects) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            let decision = try saga.decide(input, in: workflow, at: now)
            guard case .cancelled = input, decision.answer == .cancel(.accepted), let cancel = decision.saga.cancel,
                let target = workflow.cancelTarget
            else { return decision }
            return decision.replaced(
                by: [.cancelRequested(cancel), .ended(state: target, status: .cancelled)], of: saga, at: now)
        }
    }

    /// A step whose outcome nobody knows is taken for one that never was.
    static let undoesOnlyWhatCompleted = Mutant(name: "only what completed is undone", tripped: .effects) { _ in
        leaving { run in .disarmed(step: run.number) }
    }

    /// The call in flight counts as done, so it is undone while it may still arrive.
    static let cancelDoesNotWait = Mutant(name: "a way out does not wait for the call in flight", tripped: .effects) {
        _ in
        leaving { run in .succeeded(step: run.number, direction: .forward, result: nil) }
    }

    /// The participant is asked for its status; what it has not heard of has failed.
    static let probeSettles = Mutant(name: "not found means failed", tripped: .effects) { simulation in
        { (saga, input, workflow, now) throws(Rejection) in
            guard case .attemptEnded(var ended) = input, case .unknown = ended.outcome,
                let attempt = saga.openCalls.attempts.first,
                attempt.token == ended.token, attempt.direction == .forward
            else { return try saga.decide(input, in: workflow, at: now) }
            let key = saga.key(step: attempt.step, direction: .forward)
            ended.outcome = simulation.participants.entry(key)?.answer ?? .refused(code: "not-found", message: "")
            return try saga.decide(.attemptEnded(ended), in: workflow, at: now)
        }
    }

    /// Settles by assumption what the production rule waits for before it leaves a state.
    private static func leaving(_ assume: @escaping (StepRun) -> Record) -> Writer.Decide {
        { (saga, input, workflow, now) throws(Rejection) in
            let decision = try saga.decide(input, in: workflow, at: now)
            let waits = decision.records.contains { if case .leaving = $0 { true } else { false } }
            guard waits, let run = saga.currentStep, !run.isSettled, run.undo == nil else { return decision }
            let record = assume(run)
            var assumed = saga
            assumed.apply(record, at: now)
            var after = try assumed.decide(input, in: workflow, at: now)
            after.records.insert(record, at: 0)
            after.kept = saga.length
            return after
        }
    }
}

extension Decision {
    /// The same answer, with other records and no calls.
    func replaced(by records: [Record], of saga: Saga, at now: Instant) -> Decision {
        var decision = self
        decision.records = records
        decision.calls = []
        decision.fold(on: saga, at: now)
        return decision
    }

    /// Makes the saga that of the records, on the one that they follow.
    mutating func fold(on saga: Saga, at now: Instant) {
        var base = saga
        if kept < saga.length, let tail = saga.tail { base.rewind(to: tail) }
        self.saga = records.reduce(into: base) { $0.apply($1, at: now) }
    }
}
