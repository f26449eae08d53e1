extension Turn {
    /// Fires what is due, each timer once and in the order of (due, number), then makes a retry that is due (rule 21).
    mutating func woken() {
        var rounds = 0
        while saga.end == nil, !saga.isHeld, rounds < SagaLimits.hopsMax {
            rounds += 1
            let timer = saga.timers.filter { $0.due <= now }.min { ($0.due, $0.number) < ($1.due, $1.number) }
            // At the same time the timer is first: it was set before the retry.
            if let retry = saga.openCalls.nextRetry, retry.due <= now, timer.map({ retry.due < $0.due }) ?? true {
                retried(retry)
            } else if let timer {
                orStuck(next: .wait) { turn throws(FormulaError) in try turn.fire(timer) }
            } else {
                return
            }
        }
    }

    private mutating func fire(_ timer: SagaTimer) throws(FormulaError) {
        if timer.name == SagaTimer.deadline {
            guard let deadline = workflow.deadline else { return missing("the deadline of the whole saga") }
            emit(.timerFired(name: timer.name, late: now - timer.due))
            return try passDeadline(to: deadline.to)
        }
        guard let rule = workflow.state(saga.state)?.after.first(where: { $0.name == timer.name }) else {
            return missing("timer '\(timer.name)' of state '\(saga.state)'")
        }
        // A timer whose expressions fail has not fired: it does when the saga goes on.
        let route = try whole { turn throws(FormulaError) in
            turn.emit(.timerFired(name: timer.name, late: turn.now - timer.due))
            guard let route = try turn.firstRoute([rule.route], .none) else { return nil as Route? }
            try turn.assign(route.set, .none)
            return route
        }
        if let route { try leave(by: route, cause: "after \(timer.name)") }
    }

    /// What is due leads nowhere: that is a person's, and never nothing. It is not spent, so a version that has it lets it fire.
    private mutating func missing(_ what: String) {
        stick(
            .noTimer,
            "\(what) is due, and version \"\(workflow.version)\" of '\(workflow.name)' does not say what follows; "
                + "move the saga to a version that knows it, or that sets other timers",
            next: .wait)
    }

    /// The deadline of a whole saga gives way to an end that was chosen before it.
    private mutating func passDeadline(to target: String) throws(FormulaError) {
        if let exit = saga.exit, workflow.state(exit.to)?.end != nil { return }
        if saga.pivot != nil, workflow.state(target)?.end == .cancelled { return }
        try leave(to: target, cause: "deadline")
    }
}
