extension Turn {
    /// Nothing happened (rule 8): tried again, unless the saga wants to leave or the attempts are used up.
    mutating func stepUnreached(_ run: StepRun, _ tries: Tries, _ wished: Int64?) throws(FormulaError) {
        if let exit = saga.exit {
            if isFencedOff(run) { return try settle(run) }
            emit(.disarmed(step: run.number))
            return try enter(exit.to)
        }
        if tries.kind != .held, let most = workflow.state(run.state)?.step?.retry.attempts, run.attempts >= most {
            if isFencedOff(run) { return try giveUp(run, code: "unreachable", tries.message) }
            emit(.refused(step: run.number, direction: .forward, code: "unreachable", message: tries.message))
            return try actOnOutcome()
        }
        retry(run, .forward, tries, wished)
    }

    /// Nobody knows whether it happened: settled as the workflow says (rule 9).
    mutating func stepUnknown(_ run: StepRun, _ tries: Tries, _ wished: Int64?) throws(FormulaError) {
        // What was kept back is no news.
        guard let step = workflow.state(run.state)?.step, tries.kind != .held else {
            return retry(run, .forward, tries, wished)
        }
        switch step.unknown {
        case .ask: askOperator(run, tries.message)
        case .redrive: retry(run, .forward, tries, wished)  // without giving up: only an answer settles it
        case .fence:
            // Who has a way out already takes no other: the compensation settles it.
            guard saga.exit == nil, let most = step.retry.attempts, run.attempts >= most else {
                return retry(run, .forward, tries, wished)
            }
            try giveUp(run, code: "unanswered", tries.message)
        }
    }

    /// The attempts are used up, and the compensation settles the step on the way out.
    private mutating func giveUp(_ run: StepRun, code: String, _ message: String) throws(FormulaError) {
        guard let route = try refusedRoute(of: run, StepRun.Refusal(code: code, message: message)) else {
            return stick(
                .noRoute, "\(run.call) had no answer in \(run.attempts) attempts, and no 'refused' route fits",
                next: .settle)
        }
        try take(route, .error(code: code, message: message), cause: code)
    }

    /// `unknown: ask`: the saga waits for an operator with evidence.
    func asked(_ run: StepRun, _ message: String) -> String {
        "the outcome of \(run.call) is unknown (\(message)); find out whether it took effect, then settle step \(run.number)"
    }

    /// Whether a call that may have taken effect is never sent again by itself.
    func asksOperator(_ run: StepRun) -> Bool {
        workflow.state(run.state)?.step?.unknown == .ask
    }

    mutating func askOperator(_ run: StepRun, _ message: String) {
        stick(.unknown, asked(run, message), next: .settle)
    }

    /// Why an operator is wanted after many answers that prove nothing, with the last of them as evidence.
    func unrecognised(_ run: StepRun, _ direction: Direction) -> String {
        let call = direction == .forward ? run.call : run.undo?.call ?? run.call
        let answers = saga.tail?.tries.messages ?? []
        return
            "\(call) may have taken effect: an attempt had no answer, and \(run.leg(direction)?.unrecognised ?? 0) answers since "
            + "prove nothing, as nobody has named their codes (\(answers.joined(separator: "; "))); find out, then settle step "
            + "\(run.number), and name the codes that are the participant's own no"
    }

    /// The answer comes later: it is asked for when the participant says, else as often as the workflow does; not after its time is over.
    mutating func ask(_ run: StepRun, _ direction: Direction, _ tries: Tries, _ wished: Int64?) {
        let policy = policy(of: run, direction)
        let rule = pendingRule(run)
        // With those before that ended alike.
        let asked = saga.tail?.tries.count ?? tries.count
        var wait: Int64
        if rule.isCalledBack, tries.kind != .held {
            // It comes by itself; when it has not, nobody knows what became of the call.
            wait = .max
        } else if let wished {
            wait = max(min(wished, RetryPolicy.wishMax), PendingRule.leastWait(after: asked, wished: wished))
        } else {
            wait = rule.every ?? policy.wait(after: asked, seed: seed(run, direction))
        }
        if let leg = run.leg(direction), let end = pendingEnd(run, leg), tries.kind != .held {
            wait = max(0, min(wait, end - now))
        }
        emit(.retrySet(step: run.number, direction: direction, due: now + wait))
    }

    /// Sets the time of the next attempt; the participant's own wish is honoured up to the policy's longest wait and never
    /// shortens it. What was kept back goes when it may.
    mutating func retry(_ run: StepRun, _ direction: Direction, _ tries: Tries, _ wished: Int64?) {
        var wait = min(max(wished ?? 0, 0), RetryPolicy.wishMax)
        if tries.kind != .held {
            let made = max(run.leg(direction)?.attempts ?? 1, 1)
            wait = max(policy(of: run, direction).wait(after: made, seed: seed(run, direction)), wait)
        }
        emit(.retrySet(step: run.number, direction: direction, due: now + wait))
    }

    private func policy(of run: StepRun, _ direction: Direction) -> RetryPolicy {
        let rule = workflow.state(run.state)?.step
        if direction == .compensation, case .call(let undo)? = rule?.compensation { return undo.retry }
        return rule?.retry ?? RetryPolicy()
    }

    private func seed(_ run: StepRun, _ direction: Direction) -> UInt64 {
        saga.id.low ^ UInt64(run.number) << 1 ^ UInt64(direction.rawValue)
    }
}

extension RetryPolicy {
    /// The longest wait that a participant may ask for by `Retry-After`: one hour, in milliseconds.
    static let wishMax: Int64 = 3_600_000
}
