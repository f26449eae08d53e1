import SagaCore

/// One thing that can happen to a saga.
enum Move: Hashable {
    case start
    case answered(Outcome)
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
        if saga.currentStep?.effect == .unknown { moves.append(.late) }
        if saga.retry != nil { moves.append(.retried) }
        let state = skeleton.original.state(saga.state)
        for name in timers(of: saga, state) { moves.append(.timer(name)) }
        if saga.timers.contains(where: { $0.name == SagaTimer.deadline }) { moves.append(.deadline) }
        for rule in state?.signals ?? [] { moves.append(.signalled(rule.name)) }
        moves.append(.cancelled)
        return moves
    }

    /// The answers that make a difference: each code that the state names, and another.
    private static func outcomes(of saga: Saga, in skeleton: Skeleton) -> [Outcome] {
        guard let attempt = saga.attempt else { return [] }
        var codes: [String] = []
        if attempt.direction == .forward, let run = saga.steps.last(where: { $0.number == attempt.step }) {
            for route in skeleton.workflow.state(run.state)?.refused ?? [] {
                if let code = route.code, !codes.contains(code) { codes.append(code) }
            }
        }
        return [.succeeded(result: nil)] + (codes + [anotherCode]).map { .refused(code: $0, message: "") }
            + [.unknown(message: ""), .unreached(message: "")]
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
        switch self {
        case .start: return "start"
        case .retried: return "\(Self.call(saga?.retry?.step, saga?.retry?.direction, saga)) is tried again"
        case .late: return "\(Self.call(saga?.currentStep?.number, .forward, saga)) answers late that it succeeded"
        case .signalled(let name): return "signal '\(name)'"
        case .timer(let name): return "timer '\(name)'"
        case .deadline: return "the deadline of the whole saga"
        case .cancelled: return "cancel"
        case .answered(let outcome):
            let call = Self.call(saga?.attempt?.step, saga?.attempt?.direction, saga)
            switch outcome {
            case .succeeded: return "\(call) succeeds"
            case .refused(Self.anotherCode, _): return "\(call) is refused"
            case .refused(let code, _): return "\(call) is refused with '\(code)'"
            case .unknown: return "\(call) has no definite answer"
            case .unreached: return "\(call) is not reached"
            }
        }
    }

    private static func call(_ step: Int?, _ direction: Direction?, _ saga: Saga?) -> String {
        guard let run = saga?.steps.last(where: { $0.number == step }) else { return "the call" }
        return "\(direction == .compensation ? run.undo?.call ?? run.call : run.call)"
    }
}
