import SagaStore

@testable import SagaCore
@testable import SagaEngine

/// Mutants of what is kept, sent and answered: at least one for each checker that no policy trips.
extension Mutant {
    static let writers: [Mutant] = [
        .answersFirst, .sendsFirst, .dropsARecord, .keysByAttempt, .takesAnyToken, .undoesForward, .forgetsTheRetry,
        .retriesAtOnce, .writesOnEveryWake, .takesAnyNumber, .waitsForAnyNumber, .losesWhatWasEarly,
    ]

    /// Guests are answered as soon as it is decided, before the commit.
    static let answersFirst = Mutant(name: "answers before the commit", tripped: .answers) { simulation in
        { (saga, input, workflow, now) throws(Rejection) in
            let decision = try saga.decide(input, in: workflow, at: now)
            simulation.answerFirst(input, decision, workflow)
            return decision
        }
    }

    /// Calls leave as soon as they are decided, before their intent is kept.
    static let sendsFirst = Mutant(name: "sends before the commit", tripped: .tokens) { simulation in
        { (saga, input, workflow, now) throws(Rejection) in
            var decision = try saga.decide(input, in: workflow, at: now)
            for call in decision.calls { simulation.queue(call) }
            decision.calls = []
            return decision
        }
    }

    static let dropsARecord = Mutant(name: "a record is not written", tripped: .history) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            var decision = try saga.decide(input, in: workflow, at: now)
            decision.records.removeAll { if case .retrySet = $0 { true } else { false } }
            return decision
        }
    }

    static let keysByAttempt = Mutant(name: "a retry has a new key", tripped: .tokens) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            var decision = try saga.decide(input, in: workflow, at: now)
            for index in decision.calls.indices where decision.calls[index].number > 1 {
                decision.calls[index].key += ".\(decision.calls[index].number)"
            }
            return decision
        }
    }

    static let takesAnyToken = Mutant(name: "a completion of any attempt is taken", tripped: .tokens) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            guard case .attemptEnded(var ended) = input, let attempt = saga.openCalls.attempts.first else {
                return try saga.decide(input, in: workflow, at: now)
            }
            ended.token = attempt.token
            return try saga.decide(.attemptEnded(ended), in: workflow, at: now)
        }
    }

    /// The oldest first, once the newest is undone.
    static let undoesForward = Mutant(name: "compensations run forward", tripped: .order) { _ in
        // Also before it begins: the newest is found from the end.
        edited { saga in if saga.undoingFor != nil || !saga.openCalls.isCalling { saga.steps.reverse() } }
    }

    static let forgetsTheRetry = Mutant(name: "an unanswered call is not tried again", tripped: .liveness) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            let decision = try saga.decide(input, in: workflow, at: now)
            let rest = decision.records.filter { if case .retrySet = $0 { false } else { true } }
            return rest.count == decision.records.count ? decision : decision.replaced(by: rest, of: saga, at: now)
        }
    }

    static let retriesAtOnce = Mutant(name: "a retry does not wait", tripped: .bounds) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            var decision = try saga.decide(input, in: workflow, at: now)
            guard let last = decision.records.indices.last,
                case .retrySet(let step, let direction, _) = decision.records[last]
            else { return decision }
            decision.records[last] = .retrySet(step: step, direction: direction, due: now)
            return decision.replaced(by: decision.records, of: saga, at: now)
        }
    }

    static let writesOnEveryWake = Mutant(name: "a needless wake-up is history", tripped: .bounds) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            let decision = try saga.decide(input, in: workflow, at: now)
            guard case .woken = input, decision.records.isEmpty, saga.end == nil else { return decision }
            return decision.replaced(by: [.held(next: saga.next)], of: saga, at: now)
        }
    }

    static let takesAnyNumber = Mutant(name: "the inbox is never full", tripped: .bounds, inboxMax: .max)
    static let waitsForAnyNumber = Mutant(name: "any number may wait", tripped: .bounds, waitersMax: .max)

    static let losesWhatWasEarly = Mutant(name: "a kept signal is not handed over", tripped: .answers) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            let decision = try saga.decide(input, in: workflow, at: now)
            guard case .signalled(let signal) = input, signal.isEarly else { return decision }
            return decision.replaced(by: [], of: saga, at: now)
        }
    }

    /// The production rule on a saga that is not what its history says, and its records on the one that is.
    static func edited(_ edit: @escaping (inout Saga) -> Void) -> Writer.Decide {
        { (saga, input, workflow, now) throws(Rejection) in
            var other = saga
            edit(&other)
            var decision = try other.decide(input, in: workflow, at: now)
            decision.fold(on: saga, at: now)
            return decision
        }
    }
}

extension Simulation {
    /// Tells the guest who sent the input what was decided on it; the engine's own answer is not heard then.
    fileprivate func answerFirst(_ input: Input, _ decision: Decision, _ workflow: Workflow) {
        guard case .signalled(let signal) = input, let id = signal.id,
            let index = unanswered.sorted().first(where: { index in
                if case .signal(_, id, _) = evidence.asked[index].command.ask { true } else { false }
            })
        else { return }
        let saga = decision.saga
        let row = SagaRow(
            id: saga.id, workflow: 1, status: saga.status, state: saga.state, due: SagaRow.due(of: saga), last: 1)
        let told = Entry(saga: saga, workflow: workflow, row: row, tags: [])
        evidence.told.append(
            .init(
                asked: index, result: .success(.saga(Handled(verdict: .answer(decision.answer), entry: told))),
                tick: tick())
        )
        unanswered.remove(index)
        heardEarly.insert(index)
    }
}
