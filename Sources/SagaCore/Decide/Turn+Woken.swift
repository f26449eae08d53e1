extension Turn {
    /// Fires what is due, each timer once and in the order of (due, number), then makes a retry that is due (rule 21).
    mutating func woken() {
        var rounds = 0
        while saga.end == nil, saga.stuck == nil, rounds < SagaLimits.hopsMax {
            rounds += 1
            let timer = saga.timers.filter { $0.due <= now }.min { ($0.due, $0.number) < ($1.due, $1.number) }
            if let retry = saga.retry, retry.due <= now, timer.map({ retry.due <= $0.due }) ?? true {
                attempt(step: retry.step, retry.direction)
            } else if let timer {
                orStuck { turn throws(FormulaError) in try turn.fire(timer) }
            } else {
                return
            }
        }
    }

    private mutating func fire(_ timer: SagaTimer) throws(FormulaError) {
        emit(.timerFired(name: timer.name, late: now - timer.due))
        if timer.name == SagaTimer.deadline {
            if let deadline = workflow.deadline { try passDeadline(to: deadline.to) }
            return
        }
        guard let rule = workflow.state(saga.state)?.after.first(where: { $0.name == timer.name }) else { return }
        guard let route = try firstRoute([rule.route], .none) else { return }
        try take(route, .none, cause: "after \(timer.name)")
    }

    /// The deadline of a whole saga gives way to an end that was chosen before it.
    private mutating func passDeadline(to target: String) throws(FormulaError) {
        if let exit = saga.exit, workflow.state(exit.to)?.end != nil { return }
        try leave(to: target, cause: "deadline")
    }
}
