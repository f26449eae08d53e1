import CEL

extension Turn {
    /// A completion. One of another attempt than that in flight is late (rule 4).
    mutating func attemptEnded(_ ended: AttemptEnded) {
        guard let attempt = saga.attempt, attempt.token == ended.token, let run = saga.step(attempt.step) else {
            return late(ended)
        }
        guard !saga.isHeld else { return note(attempt, ended.outcome) }
        switch attempt.direction {
        case .forward:
            orStuck(next: .outcome) { turn throws(FormulaError) in try turn.stepEnded(run, ended.outcome) }
        case .compensation:
            orStuck(next: .settle) { turn throws(FormulaError) in try turn.undoEnded(run, ended.outcome) }
        }
    }

    /// A saga that is stuck or paused keeps the outcome and goes nowhere until an operator has acted.
    private mutating func note(_ attempt: Attempt, _ outcome: Outcome) {
        let (step, direction) = (attempt.step, attempt.direction)
        switch outcome {
        case .succeeded(let result):
            emit(.succeeded(step: step, direction: direction, result: result))
        case .refused(let code, let message):
            emit(.refused(step: step, direction: direction, code: code, message: message))
        case .unreached(let message, _):
            emit(.unanswered(step: step, direction: direction, reached: false, message: message))
        case .unknown(let message, _):
            emit(.unanswered(step: step, direction: direction, reached: true, message: message))
        }
        let next: Saga.Next = direction == .forward && saga.step(step)?.isSettled == true ? .outcome : .settle
        if saga.next != next { emit(.held(next: next)) }
    }

    private mutating func stepEnded(_ run: StepRun, _ outcome: Outcome) throws(FormulaError) {
        switch outcome {
        case .succeeded(let result):
            emit(.succeeded(step: run.number, direction: .forward, result: result))
            try actOnOutcome()
        case .refused(let code, let message):
            emit(.refused(step: run.number, direction: .forward, code: code, message: message))
            try actOnOutcome()
        case .unreached(let message, let retryAfter):
            emit(.unanswered(step: run.number, direction: .forward, reached: false, message: message))
            if run.effect == .none { return try stepUnreached(run, message, retryAfter) }
            try stepUnknown(run, message, retryAfter)
        case .unknown(let message, let retryAfter):
            emit(.unanswered(step: run.number, direction: .forward, reached: true, message: message))
            try stepUnknown(run, message, retryAfter)
        }
    }

    /// Goes on by the definite outcome of the step at hand.
    mutating func actOnOutcome() throws(FormulaError) {
        guard let run = saga.currentStep else { return }
        switch run.effect {
        case .none, .unknown: return
        case .succeeded, .skipped: try stepSucceeded(run)
        case .refused: try stepRefused(run, run.refusal ?? StepRun.Refusal(code: "refused", message: ""))
        case .compensated: if let exit = saga.exit { try enter(exit.to) }
        }
    }

    private mutating func stepSucceeded(_ run: StepRun) throws(FormulaError) {
        let context = Context.result(run.result)
        guard let state = workflow.state(run.state) else {
            return stick("no-state", "there is no state '\(run.state)'", next: .outcome)
        }
        // Without the step there is nothing to keep of it.
        let kept = run.effect == .skipped ? [] : state.set
        if saga.pivot?.number == run.number { passPivot() }
        if let exit = saga.exit {
            try assign(kept, context)
            return try enter(exit.to)
        }
        let route = try whole { turn throws(FormulaError) in
            try turn.assign(kept, context)
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
            "no-route",
            "\(run.call) was refused with '\(refusal.code)' (\(refusal.message)), and no 'refused' route fits",
            next: .enter)
    }

    private func refusedRoute(of run: StepRun, _ refusal: StepRun.Refusal) throws(FormulaError) -> Route? {
        let context = Context.error(code: refusal.code, message: refusal.message)
        for refused in workflow.state(run.state)?.refused ?? []
        where refused.code == nil || refused.code == refusal.code {
            if let when = refused.route.when, try !when.holds(in: saga.scope(context, at: now)) { continue }
            return refused.route
        }
        return nil
    }

    /// Nothing happened (rule 8): tried again, unless the saga wants to leave or the attempts are used up.
    private mutating func stepUnreached(_ run: StepRun, _ message: String, _ wait: Int64?) throws(FormulaError) {
        if let exit = saga.exit {
            emit(.disarmed(step: run.number))
            return try enter(exit.to)
        }
        if let most = workflow.state(run.state)?.step?.retry.attempts, run.attempts >= most {
            emit(.refused(step: run.number, direction: .forward, code: "unreachable", message: message))
            return try actOnOutcome()
        }
        retry(run, .forward, wait)
    }

    /// Nobody knows whether it happened: settled as the workflow says (rule 9).
    private mutating func stepUnknown(_ run: StepRun, _ message: String, _ wait: Int64?) throws(FormulaError) {
        guard let step = workflow.state(run.state)?.step else { return retry(run, .forward, wait) }
        switch step.unknown {
        case .ask: askOperator(run, message)
        case .redrive: retry(run, .forward, wait)  // without giving up: only an answer settles it
        case .fence:
            // Who has a way out already takes no other: the compensation settles it.
            guard saga.exit == nil, let most = step.retry.attempts, run.attempts >= most else {
                return retry(run, .forward, wait)
            }
            let refusal = StepRun.Refusal(code: "unanswered", message: message)
            guard let route = try refusedRoute(of: run, refusal) else {
                return stick(
                    "no-route", "\(run.call) had no answer in \(run.attempts) attempts, and no 'refused' route fits",
                    next: .settle)
            }
            try take(route, .error(code: refusal.code, message: message), cause: "unanswered")
        }
    }

    /// `unknown: ask`: the saga waits for an operator with evidence.
    func asked(_ run: StepRun, _ message: String) -> String {
        "the outcome of \(run.call) is unknown (\(message)); find out whether it took effect, then settle step \(run.number)"
    }

    mutating func askOperator(_ run: StepRun, _ message: String) {
        stick("unknown", asked(run, message), next: .settle)
    }

    /// Sets the time of the next attempt; the participant's own wish is honoured up to the policy's longest wait and never
    /// shortens it.
    mutating func retry(_ run: StepRun, _ direction: Direction, _ wished: Int64?) {
        let rule = workflow.state(run.state)?.step
        var policy = rule?.retry ?? RetryPolicy()
        if direction == .compensation, case .call(let undo)? = rule?.compensation { policy = undo.retry }
        let made = direction == .forward ? run.attempts : run.undo?.attempts ?? 1
        let seed = saga.id.low ^ UInt64(run.number) << 1 ^ UInt64(direction.rawValue)
        let wait = max(policy.wait(after: made, seed: seed), min(wished ?? 0, RetryPolicy.wishMax))
        emit(.retrySet(step: run.number, direction: direction, due: now + wait))
    }
}

extension RetryPolicy {
    /// The longest wait that a participant may ask for by `Retry-After`: one hour, in milliseconds.
    static let wishMax: Int64 = 3_600_000
}
