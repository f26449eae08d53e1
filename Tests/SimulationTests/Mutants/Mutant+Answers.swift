@testable import SagaCore
@testable import SagaEngine

/// Mutants of how answers are believed, and of what is kept of the want of one.
extension Mutant {
    static let answers: [Mutant] = [
        .believesEachRefusal, .takesPromisesForDone, .takesAWordForProof, .losesWithTheQuestion, .undoesByTodaysVars,
        .leavesNoReserve, .disarmsWhatLeft, .leavesInLane, .takesOutInSilence,
        .countsWhatWasHeld, .sendsForgottenKeys, .sendsWhatWasTurnedAway, .takesFailuresForNo,
        .asksWhatIsBrought, .miscountsTries, .keepsEachTry,
    ]

    static let believesEachRefusal = Mutant(name: "each 4xx is the participant's word", tripped: .effects) {
        simulation in
        outcomes(simulation) { outcome, _ in
            guard case .refused(let code, let message, _, let wait) = outcome else { return outcome }
            return .refused(code: code, message: message, by: .participant, retryAfter: wait)
        }
    }

    static let takesPromisesForDone = Mutant(name: "202 is done", tripped: .effects) { simulation in
        outcomes(simulation) { outcome, _ in
            if case .pending = outcome { .succeeded(result: nil) } else { outcome }
        }
    }

    /// What nobody has named settles after an attempt without an answer.
    static let takesAWordForProof = Mutant(name: "JSON is the participant's word at any time", tripped: .proof) {
        simulation in
        outcomes(simulation) { outcome, _ in
            guard case .refused(let code, let message, .unnamed, let wait) = outcome else { return outcome }
            return .refused(code: code, message: message, by: .participant, retryAfter: wait)
        }
    }

    static let losesWithTheQuestion = Mutant(name: "a question without an answer disarms", tripped: .effects) {
        simulation in
        outcomes(simulation) { outcome, attempt in
            guard attempt.isQuestion, attempt.direction == .forward else { return outcome }
            switch outcome {
            case .unknown, .unreached: return .refused(code: "gone", message: "nobody answers")
            default: return outcome
            }
        }
    }

    static let undoesByTodaysVars = Mutant(name: "an undo is made of today's variables", tripped: .undoing) { _ in
        edited { saga in
            for index in saga.steps.indices { saga.steps[index].vars = saga.vars }
        }
    }

    static let leavesNoReserve = Mutant(name: "a full history is full for the undoing too", tripped: .liveness) {
        simulation in
        var limits = simulation.plan.sagaLimits
        limits.recordsMaxInAll = limits.recordsMax
        return production(limits)
    }

    static let disarmsWhatLeft = Mutant(name: "what was turned away is gone", tripped: .effects) { simulation in
        outcomes(simulation) { outcome, _ in
            guard case .unreached(let message, let wait, _) = outcome else { return outcome }
            return .unreached(message: message, retryAfter: wait)
        }
    }

    static let leavesInLane = Mutant(
        name: "a call that is given up stays in its lane", tripped: .tokens, leavesParked: .inTheirLanes)

    static let takesOutInSilence = Mutant(
        name: "nobody tells the saga that its call was taken out", tripped: .liveness, leavesParked: .withoutAWord)

    static let countsWhatWasHeld = Mutant(name: "what a breaker keeps back is an attempt", tripped: .bounds) {
        simulation in
        outcomes(simulation) { outcome, _ in
            guard case .held(let message, let wait) = outcome else { return outcome }
            return .unreached(message: message, retryAfter: wait)
        }
    }

    static let sendsForgottenKeys = Mutant(name: "a key is sent after it may be forgotten", tripped: .effects) {
        simulation in
        let decide = production(simulation.plan.sagaLimits)
        return { (saga, input, workflow, now) throws(Rejection) in
            var decision = try decide(saga, input, workflow, now)
            for index in decision.calls.indices { decision.calls[index].keySince = nil }
            return decision
        }
    }

    static let sendsWhatWasTurnedAway = Mutant(
        name: "a key that was turned away is never too old", tripped: .effects
    ) { simulation in
        let decide = production(simulation.plan.sagaLimits)
        return { (saga, input, workflow, now) throws(Rejection) in
            var decision = try decide(saga, input, workflow, now)
            for (index, call) in decision.calls.enumerated()
            where decision.saga.step(call.step)?.leg(call.direction)?.isUncertain == false {
                decision.calls[index].keySince = nil
            }
            return decision
        }
    }

    static let takesFailuresForNo = Mutant(name: "who brings that it failed has said no", tripped: .effects) {
        simulation in
        let decide = production(simulation.plan.sagaLimits)
        return { (saga, input, workflow, now) throws(Rejection) in
            guard case .calledBack(var sent) = input, case .unknown(let message, _) = sent.outcome else {
                return try decide(saga, input, workflow, now)
            }
            sent.outcome = .refused(code: "failed", message: message)
            return try decide(saga, .calledBack(sent), workflow, now)
        }
    }

    static let asksWhatIsBrought = Mutant(
        name: "an answer that will be brought is asked for by the same key", tripped: .effects
    ) { simulation in
        let decide = production(simulation.plan.sagaLimits)
        return { (saga, input, workflow, now) throws(Rejection) in
            var hasty = workflow
            for index in hasty.states.indices where hasty.states[index].step?.pending.isCalledBack == true {
                hasty.states[index].step?.pending.isCalledBack = false
                hasty.states[index].step?.unknown = .redrive
            }
            return try decide(saga, input, hasty, now)
        }
    }

    static let miscountsTries = Mutant(name: "tries lose the number of their attempts", tripped: .history) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            var decision = try saga.decide(input, in: workflow, at: now)
            guard decision.kept < saga.length, case .unanswered(var tries)? = decision.records.first else {
                return decision
            }
            tries.attempts = saga.tail?.tries.attempts ?? 0
            decision.records[0] = .unanswered(tries)
            decision.fold(on: saga, at: now)
            return decision
        }
    }

    static let keepsEachTry = Mutant(name: "each try of an outage is a record", tripped: .bounds) { _ in
        { (saga, input, workflow, now) throws(Rejection) in
            var lone = saga
            lone.tail = nil
            var decision = try lone.decide(input, in: workflow, at: now)
            decision.fold(on: saga, at: now)
            return decision
        }
    }

    /// The production rule on outcomes of the attempt in flight that are not what they were.
    private static func outcomes(
        _ simulation: Simulation, _ change: @escaping (Outcome, Attempt) -> Outcome
    ) -> Writer.Decide {
        let decide = production(simulation.plan.sagaLimits)
        return { (saga, input, workflow, now) throws(Rejection) in
            guard case .attemptEnded(var ended) = input, let attempt = saga.openCalls.attempt(token: ended.token) else {
                return try decide(saga, input, workflow, now)
            }
            ended.outcome = change(ended.outcome, attempt)
            return try decide(saga, .attemptEnded(ended), workflow, now)
        }
    }
}
