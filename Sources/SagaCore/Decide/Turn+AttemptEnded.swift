import CEL

extension Turn {
    /// A completion. One of another attempt than that in flight settles nothing (rule 4).
    mutating func attemptEnded(_ ended: AttemptEnded) {
        guard let attempt = saga.attempt, attempt.token == ended.token, let run = saga.step(attempt.step) else {
            if saga.length < SagaLimits.recordsMax { emit(.late(token: ended.token, outcome: ended.outcome.name)) }
            return
        }
        guard saga.stuck == nil else { return note(attempt, ended.outcome) }
        orStuck { turn throws(FormulaError) in
            switch attempt.direction {
            case .forward: try turn.stepEnded(run, ended.outcome)
            case .compensation: turn.undoEnded(run, ended.outcome)
            }
        }
    }

    /// A stuck saga keeps the outcome and goes nowhere until an operator has acted.
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
    }

    private mutating func stepEnded(_ run: StepRun, _ outcome: Outcome) throws(FormulaError) {
        switch outcome {
        case .succeeded(let result):
            emit(.succeeded(step: run.number, direction: .forward, result: result))
            try stepSucceeded(run, result)
        case .refused(let code, let message):
            try stepRefused(run, code, message)
        case .unreached(let message, let retryAfter):
            emit(.unanswered(step: run.number, direction: .forward, reached: false, message: message))
            if run.effect == .none {
                try stepUnreached(run, message, retryAfter)
            } else {
                retry(run, .forward, retryAfter)
            }
        case .unknown(let message, let retryAfter):
            // Unknown is redriven without giving up: only an answer settles it (rule 9).
            emit(.unanswered(step: run.number, direction: .forward, reached: true, message: message))
            retry(run, .forward, retryAfter)
        }
    }

    private mutating func stepSucceeded(_ run: StepRun, _ result: [UInt8]?) throws(FormulaError) {
        let state = workflow.state(run.state)
        let context = Context.result(result)
        if let exit = saga.exit {
            try assign(state?.set ?? [], context)
            return try enter(exit.to)
        }
        guard let state else { return stick("no-state", "there is no state '\(run.state)'") }
        try assign(state.set, context)
        if let route = try firstRoute(state.then, context) { return try take(route, context, cause: "then") }
        try takeDeferredSignal(in: state)
    }

    private mutating func stepRefused(_ run: StepRun, _ code: String, _ message: String) throws(FormulaError) {
        emit(.refused(step: run.number, direction: .forward, code: code, message: message))
        if let exit = saga.exit { return try enter(exit.to) }
        let context = Context.error(code: code, message: message)
        for refused in workflow.state(run.state)?.refused ?? [] where refused.code == nil || refused.code == code {
            if let when = refused.route.when, try !when.holds(in: saga.scope(context, at: now)) { continue }
            return try take(refused.route, context, cause: "refused")
        }
        stick("no-route", "\(run.call) was refused with '\(code)' (\(message)), and no 'refused' route fits")
    }

    /// Nothing happened (rule 8): tried again, unless the saga wants to leave or the attempts are used up.
    private mutating func stepUnreached(_ run: StepRun, _ message: String, _ wait: Int64?) throws(FormulaError) {
        if let exit = saga.exit {
            emit(.disarmed(step: run.number))
            return try enter(exit.to)
        }
        if let most = workflow.state(run.state)?.step?.retry.attempts, run.attempts >= most {
            return try stepRefused(run, "unreachable", message)
        }
        retry(run, .forward, wait)
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
