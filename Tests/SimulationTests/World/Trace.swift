import SagaCore

/// The story of a run, for whoever reads a failure.
final class Trace {
    private(set) var lines: [String] = []

    func add(_ at: Int64, _ line: @autoclosure () -> String) {
        if lines.count < 2_000 { lines.append("\(at) \(line())") }
    }
}

extension Record {
    /// Its name and what tells it from others of that name.
    var brief: String {
        switch self {
        case .entered(let state): "entered \(state)"
        case .ended(let state, let status): "ended \(state) \(status.name)"
        case .stepArmed(_, let call, _, _): "step-armed \(call)"
        case .undoArmed(let step, _, _): "undo-armed \(step)"
        case .attempted(let step, let direction, let number, let token):
            "attempted \(step) \(direction.name) \(number) #\(token)"
        case .succeeded(let step, let direction, _): "succeeded \(step) \(direction.name)"
        case .refused(let step, _, let code, _): "refused \(step) \(code)"
        case .unanswered(let tries): "unanswered \(tries.step) \(tries.kind.name) x\(tries.count) of \(tries.attempts)"
        case .leaving(let to, let cause): "leaving for \(to) (\(cause))"
        case .timerFired(let name, let late): "timer-fired \(name) late \(late)"
        case .late(let late): "late #\(late.token) \(late.outcome)"
        case .stuck(let reason, _): "stuck \(reason.code.rawValue) \(reason.message)"
        default: name
        }
    }
}
