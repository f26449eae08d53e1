import SagaCore

/// One thing that can happen to a saga.
enum Move: Hashable {
    case start
    case answered(Outcome)
    /// A participant brings the answer that it has promised.
    case brought(Outcome)
    /// The time is over for an answer that was promised.
    case overdue
    /// It is over for one that was to be brought.
    case unbrought
    /// An attempt that was given up answers after all that it succeeded.
    case late
    case retried
    case signalled(String)
    case timer(String)
    case deadline
    case cancelled

    /// All that can happen next. What changes nothing is among them; the explorer drops it.
    static func all(of saga: Saga, in skeleton: Skeleton) -> [Move] {
        guard saga.end == nil else { return [] }
        var moves = outcomes(of: saga, in: skeleton).map(Move.answered)
        if let attempt = saga.openCalls.attempts.first, leg(of: attempt, saga)?.isPending == true {
            moves.append(.overdue)
        }
        if saga.currentStep?.effect == .unknown { moves.append(.late) }
        if let waiting = waiting(saga, in: skeleton) {
            let codes = waiting.direction == .forward ? codes(of: waiting.run, in: skeleton) : []
            let noes = (codes + [anotherCode]).map { Outcome.refused(code: $0, message: "") }
            moves += ([.succeeded(result: nil)] + noes + [.unknown(message: "")]).map(Move.brought)
            moves.append(.unbrought)
        } else if !saga.openCalls.retries.isEmpty {
            moves.append(.retried)
        }
        let state = skeleton.original.state(saga.state)
        for name in timers(of: saga, state) { moves.append(.timer(name)) }
        if saga.timers.contains(where: { $0.name == SagaTimer.deadline }) { moves.append(.deadline) }
        for rule in state?.signals ?? [] { moves.append(.signalled(rule.name)) }
        moves.append(.cancelled)
        return moves
    }

    /// The call whose answer nobody asks for, as it is brought.
    static func waiting(_ saga: Saga, in skeleton: Skeleton) -> (run: StepRun, direction: Direction)? {
        guard let retry = saga.openCalls.nextRetry, let run = saga.step(retry.step) else { return nil }
        let leg = retry.direction == .forward ? run.forward : run.undo?.leg
        guard leg?.isPending == true, skeleton.workflow.state(run.state)?.step?.pending.isCalledBack == true else {
            return nil
        }
        return (run, retry.direction)
    }

    /// The codes that the state of a step names.
    private static func codes(of run: StepRun, in skeleton: Skeleton) -> [String] {
        var codes: [String] = []
        for route in skeleton.workflow.state(run.state)?.refused ?? [] {
            if let code = route.code, !codes.contains(code) { codes.append(code) }
        }
        return codes
    }

    /// The answers that make a difference: each code that the state names, and another.
    private static func outcomes(of saga: Saga, in skeleton: Skeleton) -> [Outcome] {
        guard let attempt = saga.openCalls.attempts.first else { return [] }
        var codes: [String] = []
        if attempt.direction == .forward, let run = saga.steps.last(where: { $0.number == attempt.step }) {
            codes = Self.codes(of: run, in: skeleton)
        }
        var outcomes: [Outcome] = [.succeeded(result: nil)]
        outcomes += (codes + [anotherCode]).map { .refused(code: $0, message: "") }
        outcomes += [.unknown(message: ""), .unreached(message: "")]
        let leg = leg(of: attempt, saga) ?? Leg()
        if leg.isUncertain { outcomes.append(.refused(code: anotherCode, message: "", by: .unnamed)) }
        outcomes.append(.refused(code: anotherCode, message: "", by: .stranger))
        if leg.pendingSince == nil { outcomes.append(.pending(location: "there", message: "")) }
        outcomes.append(.held(message: "", retryAfter: 1))
        if mayBeForgotten(attempt, saga), !attempt.isQuestion { outcomes.append(.forgotten(message: "")) }
        return outcomes
    }

    static func leg(of attempt: Attempt, _ saga: Saga) -> Leg? {
        let run = saga.steps.last { $0.number == attempt.step }
        return attempt.direction == .forward ? run?.forward : run?.undo?.leg
    }

    /// Whether it matters that a participant may have forgotten the key: a request with it, or a copy, may have come to it.
    private static func mayBeForgotten(_ attempt: Attempt, _ saga: Saga) -> Bool {
        leg(of: attempt, saga)?.mayHaveArrived == true || isInDoubt(attempt, saga)
    }

    /// Whether something may have become of the attempts so far.
    private static func isInDoubt(_ attempt: Attempt, _ saga: Saga) -> Bool {
        if leg(of: attempt, saga)?.isUncertain == true { return true }
        guard attempt.direction == .compensation, let run = saga.step(attempt.step) else { return false }
        return run.effect == .unknown || run.effect == .pending
    }

    /// The way on from an answer that is not the participant's.
    func stranger(for saga: Saga, _ target: Int) -> Explorer.Stranger? {
        guard case .answered(.refused(_, _, .stranger, _)) = self, let attempt = saga.openCalls.attempts.first,
            let step = saga.step(attempt.step)
        else { return nil }
        return Explorer.Stranger(
            target: target, step: step, direction: attempt.direction, isInDoubt: Self.isInDoubt(attempt, saga))
    }

    /// Stands for every code that the workflow does not name; no participant's code has a space.
    static let anotherCode = "any other code"

    /// Durations of one state run from the same moment, so the shortest of them is next; a time that an expression gives can come at any point.
    private static func timers(of saga: Saga, _ state: State?) -> [String] {
        var shortest: (name: String, milliseconds: Int64)?
        var free: [String] = []
        for rule in state?.after ?? [] where saga.timers.contains(where: { $0.name == rule.name }) {
            switch rule.due {
            case .at: free.append(rule.name)
            case .after(let milliseconds):
                if shortest.map({ milliseconds < $0.milliseconds }) ?? true { shortest = (rule.name, milliseconds) }
            }
        }
        return (shortest.map { [$0.name] } ?? []) + free
    }

    /// What happens, for people.
    func text(in saga: Saga?) -> String {
        let retry = saga?.openCalls.nextRetry
        let attempt = saga?.openCalls.attempts.first
        switch self {
        case .start: return "start"
        case .retried: return "\(Self.call(retry?.step, retry?.direction, saga)) is tried again"
        case .late: return "\(Self.call(saga?.currentStep?.number, .forward, saga)) answers late that it succeeded"
        case .signalled(let name): return "signal '\(name)'"
        case .timer(let name): return "timer '\(name)'"
        case .deadline: return "the deadline of the whole saga"
        case .cancelled: return "cancel"
        case .overdue:
            return "\(Self.call(attempt?.step, attempt?.direction, saga)) has not answered in its time"
        case .brought(let outcome):
            let call = Self.call(retry?.step, retry?.direction, saga)
            if case .unknown = outcome { return "\(call) says that it failed" }
            return "\(Self.text(of: outcome, call)), which is brought"
        case .unbrought:
            return "nobody brings the answer of \(Self.call(retry?.step, retry?.direction, saga)) in its time"
        case .answered(let outcome):
            return Self.text(of: outcome, Self.call(attempt?.step, attempt?.direction, saga))
        }
    }

    private static func text(of outcome: Outcome, _ call: String) -> String {
        switch outcome {
        case .succeeded: "\(call) succeeds"
        case .refused(_, _, .stranger, _): "\(call) is answered by a stranger"
        case .refused(_, _, .unnamed, _): "\(call) is refused with a code that nobody names"
        case .refused(anotherCode, _, _, _): "\(call) is refused"
        case .refused(let code, _, _, _): "\(call) is refused with '\(code)'"
        case .unknown: "\(call) has no definite answer"
        case .unreached: "\(call) is not reached"
        case .pending: "\(call) is accepted, to be answered later"
        case .held: "\(call) is kept back for a while"
        case .forgotten: "\(call) cannot be sent again, as its key may be forgotten"
        }
    }

    private static func call(_ step: Int?, _ direction: Direction?, _ saga: Saga?) -> String {
        guard let run = saga?.steps.last(where: { $0.number == step }) else { return "the call" }
        return "\(direction == .compensation ? run.undo?.call ?? run.call : run.call)"
    }
}
