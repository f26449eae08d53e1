import CEL

extension Turn {
    /// Takes a route: keeps what it sets, and leaves for its state.
    mutating func take(_ route: Route, _ context: Surroundings, cause: String) throws(FormulaError) {
        try assign(route.set, context)
        try leave(by: route, cause: cause)
    }

    /// Leaves for the route's state, where it has one.
    mutating func leave(by route: Route, cause: String) throws(FormulaError) {
        if let target = route.to { try leave(to: target, cause: cause) }
    }

    /// Leaves the state. A call whose outcome is not definite is settled first (rule 9).
    mutating func leave(to target: String, cause: String) throws(FormulaError) {
        guard let step = saga.currentStep, !step.isSettled else { return try enter(target) }
        if saga.openCalls.attempt(of: step.number) == nil, step.effect == .none, step.undo == nil, !isFencedOff(step) {
            emit(.disarmed(step: step.number))
            return try enter(target)
        }
        // A stuck saga kept its attempt's unknown outcome and set no retry: without a call now nothing would settle it.
        let wasStuck = saga.stuck
        emit(.leaving(to: target, cause: cause))
        if let wasStuck, workflow.state(step.state)?.step?.unknown == .ask,
            saga.openCalls.attempt(of: step.number) == nil
        {
            // The operator's evidence is still wanted; what follows from it is now the way out.
            return emit(.stuck(wasStuck, next: .settle))
        }
        try settle(step)
    }

    /// Whether its compensation settles it though no attempt did anything: one was sent and turned away, and may be brought again by a
    /// network that repeats requests. The participant refuses it then (`unknown: fence`).
    func isFencedOff(_ run: StepRun) -> Bool {
        guard run.forward.hasLeft, let step = workflow.state(run.state)?.step, step.unknown == .fence else {
            return false
        }
        if case .call = step.compensation { return true }
        return false
    }

    /// Sees to it that the step at hand gets a definite outcome.
    mutating func settle(_ run: StepRun) throws(FormulaError) {
        guard let step = workflow.state(run.state)?.step else { return }
        if run.undo != nil {
            if !saga.openCalls.contains(run.number) { attempt(step: run.number, .compensation) }
            return
        }
        // Fenced off: the compensation settles it, also while its call is in flight.
        if step.unknown == .fence, case .call(let undo) = step.compensation { return try self.undo(run, undo) }
        if !saga.openCalls.contains(run.number) {
            if step.unknown == .ask { return askOperator(run, "nobody has settled it") }
            attempt(step: run.number, .forward)
        }
    }
}
