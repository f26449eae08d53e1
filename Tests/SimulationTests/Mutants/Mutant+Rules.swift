import SagaStore

@testable import SagaCore
@testable import SagaEngine

/// Mutants of single rules of the core.
extension Mutant {
    static let rules: [Mutant] = [
        .firesTwice, .firesEarly, .countsSignalsTwice, .undoesPastThePivot, .goesOnAfterACancel, .trustsAnUnknown,
        .endsInTheMiddle, .overhearsContradictions, .startsTimersAgain,
    ]

    static let firesTwice = Mutant(name: "a timer fires twice", tripped: .timers) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            let decision = try saga.decide(input, in: workflow, at: now)
            guard case .timerFired? = decision.records.first else { return decision }
            var twice = decision
            twice.records.insert(decision.records[0], at: 0)
            twice.saga.length += 1
            return twice
        }
    }

    /// A signal that the saga stays for puts off what should come.
    static let startsTimersAgain = Mutant(name: "a signal that stays starts the timers again", tripped: .timers) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            let decision = try saga.decide(input, in: workflow, at: now)
            guard decision.answer == .signal(.handled), decision.saga.state == saga.state,
                decision.saga.entered == saga.entered, decision.saga.exit == nil
            else { return decision }
            let again = saga.timers.filter { $0.name != SagaTimer.deadline }.map {
                Record.timerSet(name: $0.name, due: $0.due + 1_000)
            }
            return decision.replaced(by: decision.records + again, of: saga, at: now)
        }
    }

    static let firesEarly = Mutant(name: "a timer fires before it is due", tripped: .timers) { _ in
        edited { saga in
            for index in saga.timers.indices { saga.timers[index].due = saga.timers[index].due + -200 }
        }
    }

    static let countsSignalsTwice = Mutant(name: "a signal counts as often as it comes", tripped: .signals) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            guard case .signalled(var signal) = input, let id = signal.id, saga.signal(id: id) != nil else {
                return try saga.decide(input, in: workflow, at: now)
            }
            signal.id = nil
            var decision = try saga.decide(.signalled(signal), in: workflow, at: now)
            for (index, record) in decision.records.enumerated() {
                guard case .signalled(var memory) = record else { continue }
                memory.id = id
                decision.records[index] = .signalled(memory)
            }
            decision.fold(on: saga, at: now)
            return decision
        }
    }

    static let undoesPastThePivot = Mutant(name: "the pivot is undone like any step", tripped: .cancels) { _ in
        edited { saga in
            for index in saga.steps.indices { saga.steps[index].traits.remove(.pivot) }
        }
    }

    /// The cancel is accepted and the saga goes on.
    static let goesOnAfterACancel = Mutant(name: "an accepted cancel is not carried out", tripped: .cancels) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            let decision = try saga.decide(input, in: workflow, at: now)
            guard case .cancelled = input, decision.answer == .cancel(.accepted), let cancel = decision.saga.cancel
            else { return decision }
            return decision.replaced(by: [.cancelRequested(cancel)], of: saga, at: now)
        }
    }

    /// No answer is taken for a yes.
    static let trustsAnUnknown = Mutant(name: "no answer means yes", tripped: .effects) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            guard case .attemptEnded(var ended) = input, case .unknown = ended.outcome else {
                return try saga.decide(input, in: workflow, at: now)
            }
            ended.outcome = .succeeded(result: nil)
            return try saga.decide(.attemptEnded(ended), in: workflow, at: now)
        }
    }

    static let overhearsContradictions = Mutant(name: "a late contradiction is no alarm", tripped: .effects) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            guard case .attemptEnded(var ended) = input else { return try saga.decide(input, in: workflow, at: now) }
            if saga.openCalls.attempt(token: ended.token) == nil { ended.of = nil }
            return try saga.decide(.attemptEnded(ended), in: workflow, at: now)
        }
    }

    /// The first compensation that has no answer is given up, and the saga ends as if it were undone.
    static let endsInTheMiddle = Mutant(name: "a compensation is given up", tripped: .effects) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            let decision = try saga.decide(input, in: workflow, at: now)
            guard case .retrySet(_, .compensation, _)? = decision.records.last, let target = saga.undoingFor else {
                return decision
            }
            return decision.replaced(
                by: decision.records + [.ended(state: target, status: .cancelled)], of: saga, at: now)
        }
    }
}
