import CEL

extension Turn {
    /// A completion. One of an attempt that is not in flight is late (rule 4).
    mutating func attemptEnded(_ ended: AttemptEnded) {
        guard let attempt = saga.openCalls.attempt(token: ended.token), let run = saga.step(attempt.step) else {
            return late(ended)
        }
        let verdict = verdict(on: ended.outcome, of: attempt, run)
        guard !saga.isHeld else { return note(attempt, verdict) }
        goOn(run, attempt.direction, by: verdict)
    }

    /// Goes on by what is known of a call now.
    mutating func goOn(_ run: StepRun, _ direction: Direction, by verdict: Verdict) {
        switch direction {
        case .forward:
            orStuck(next: .outcome) { turn throws(FormulaError) in try turn.stepEnded(run, verdict) }
        case .compensation:
            orStuck(next: .settle) { turn throws(FormulaError) in try turn.undoEnded(run, verdict) }
        }
    }

    /// A saga that is stuck or paused keeps the outcome and goes nowhere until an operator has acted.
    mutating func note(_ attempt: Attempt, _ verdict: Verdict) {
        let (step, direction) = (attempt.step, attempt.direction)
        switch verdict {
        case .succeeded(let result):
            emit(.succeeded(step: step, direction: direction, result: result))
        case .refused(let code, let message):
            emit(.refused(step: step, direction: direction, code: code, message: message))
        case .open(let tries, _), .forgotten(let tries):
            note(tries)
        }
        let next: Saga.Next = direction == .forward && saga.step(step)?.isSettled == true ? .outcome : .settle
        if saga.next != next { emit(.held(next: next)) }
    }

    private mutating func stepEnded(_ run: StepRun, _ verdict: Verdict) throws(FormulaError) {
        switch verdict {
        case .succeeded(let result):
            emit(.succeeded(step: run.number, direction: .forward, result: result))
            try actOnOutcome()
        case .refused(let code, let message):
            emit(.refused(step: run.number, direction: .forward, code: code, message: message))
            try actOnOutcome()
        case .forgotten(let tries):
            note(tries)
            askOperator(run, tries.message)
        case .open(let tries, let wished):
            note(tries)
            try stepOpen(run.number, tries, wished)
        }
    }

    /// The step has no definite outcome yet.
    private mutating func stepOpen(_ number: Int, _ tries: Tries, _ wished: Int64?) throws(FormulaError) {
        guard let run = saga.step(number) else { return }
        if run.forward.unrecognised >= limits.unrecognisedMax, tries.kind == .unrecognised {
            return stick(.unrecognised, unrecognised(run, .forward), next: .settle)
        }
        switch run.effect {
        case .none: try stepUnreached(run, tries, wished)
        case .pending where run.forward.location == nil && asksOperator(run) && !pendingRule(run).isCalledBack:
            // To ask by the same key is to send the call again, and it may take effect again.
            askOperator(run, "\(tries.message), and it says nowhere how that can be asked")
        case .pending: ask(run, .forward, tries, wished)
        default: try stepUnknown(run, tries, wished)
        }
    }

    /// Goes on by the definite outcome of the step at hand.
    mutating func actOnOutcome() throws(FormulaError) {
        guard let run = saga.currentStep else { return }
        switch run.effect {
        case .none, .unknown, .pending: return
        case .succeeded, .skipped: try stepSucceeded(run)
        case .refused: try stepRefused(run, run.refusal ?? StepRun.Refusal(code: "refused", message: ""))
        case .compensated: if let exit = saga.exit { try enter(exit.to) }
        }
    }

    private mutating func stepSucceeded(_ run: StepRun) throws(FormulaError) {
        let context = Surroundings.result(run.result)
        guard let state = workflow.state(run.state) else {
            return stick(.noState, "there is no state '\(run.state)'", next: .outcome)
        }
        // Without the step there is nothing to keep of it.
        let kept = run.effect == .skipped ? [] : state.set
        if saga.pivot?.number == run.number { passPivot() }
        if let exit = saga.exit {
            try assign(kept, context, of: run.number)
            return try enter(exit.to)
        }
        let route = try whole { turn throws(FormulaError) in
            try turn.assign(kept, context, of: run.number)
            return try turn.firstRoute(state.then, context)
        }
        if let route { return try take(route, context, cause: "then") }
        try takeDeferredSignal(in: state)
    }

    /// From here on the saga only goes forward (rule 16): a way out that leads to an undoing is given up, a cancel comes too late.
    private mutating func passPivot() {
        if let exit = saga.exit, workflow.state(exit.to)?.end == .cancelled {
            emit(.stayed(reason: "the pivot has succeeded: the saga does not go to '\(exit.to)' (\(exit.cause))"))
        }
        if var cancel = saga.cancel, cancel.verdict == .deferred {
            cancel.verdict = .tooLate
            emit(.cancelRequested(cancel))
        }
    }

    private mutating func stepRefused(_ run: StepRun, _ refusal: StepRun.Refusal) throws(FormulaError) {
        if let exit = saga.exit, workflow.state(exit.to)?.end == .cancelled { return try enter(exit.to) }
        let route = try refusedRoute(of: run, refusal)
        if let exit = saga.exit {
            guard route != nil else { return try enter(exit.to) }
            // It was chosen while nobody knew of the refusal, and may build upon what was refused: a confirmation does.
            emit(
                .stayed(
                    reason: "\(run.call) was refused with '\(refusal.code)': the saga does not go to '\(exit.to)' "
                        + "(\(exit.cause))"))
        }
        if let route {
            return try take(route, .error(code: refusal.code, message: refusal.message), cause: "refused")
        }
        // A retry enters the state once more, so with a new key: under the old one the answer is known.
        stick(
            .noRoute,
            "\(run.call) was refused with '\(refusal.code)' (\(refusal.message)), and no 'refused' route fits",
            next: .enter)
    }

    func refusedRoute(of run: StepRun, _ refusal: StepRun.Refusal) throws(FormulaError) -> Route? {
        let context = Surroundings.error(code: refusal.code, message: refusal.message)
        for refused in workflow.state(run.state)?.refused ?? []
        where refused.code == nil || refused.code == refusal.code {
            if let when = refused.route.when, try !when.holds(in: saga.scope(context, at: now)) { continue }
            return refused.route
        }
        return nil
    }
}
