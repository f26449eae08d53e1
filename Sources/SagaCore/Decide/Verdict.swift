import CEL

/// What an outcome comes to for the step, once it is held against what is known of its key (semantics.md, rule 7).
enum Verdict {
    case succeeded(result: Document?)
    case refused(code: String, message: String)
    /// No definite answer: to be noted, and then tried again, asked for or settled.
    /// - Parameter wished: the milliseconds that the participant asked to wait.
    case open(Tries, wished: Int64?)
    /// The key may be forgotten: it is not sent again, and a person must look (rule 9).
    case forgotten(Tries)
}

extension Turn {
    /// Evidence settles, and nothing else: a no counts when the participant itself says it, when its code is named, or when no earlier
    /// attempt may have taken effect and it is in the participant's manner (rule 7f).
    func verdict(on outcome: Outcome, of attempt: Attempt, _ run: StepRun) -> Verdict {
        let leg = run.leg(attempt.direction) ?? Leg()
        let isOver = isOverdue(run, leg)
        func open(
            _ kind: Tries.Kind, _ message: String, _ wished: Int64?, location: String? = nil, hasLeft: Bool = false
        ) -> Verdict {
            // The time for an answer that was promised is over, whatever this one says of itself.
            let kind = isOver && leg.isPending && kind != .held ? .overdue : kind
            var tries = tries(kind, message, attempt, leg, location: location)
            if hasLeft { tries.hasLeft = true }
            return .open(tries, wished: wished)
        }
        switch outcome {
        case .succeeded(let result): return .succeeded(result: result)
        case .refused(let code, let message, let speaker, let wished):
            let isForward = attempt.direction == .forward
            let isNamed = isForward && names(code, in: run.state)
            // A copy of what was turned away may be at work, or have used the key up.
            let isUncertain = leg.isUncertain || isForward && isFencedOff(run)
            if speaker == .participant || isNamed || (speaker == .unnamed && !isUncertain) {
                return .refused(code: code, message: message)
            }
            let said = message.isEmpty ? code : "\(code): \(message)"
            if isUncertain { return open(.unrecognised, said, wished) }
            return open(.unreached, "\(said); it is not the participant that says so", wished, hasLeft: true)
        case .unreached(let message, let wished, let hasLeft):
            return open(.unreached, message, wished, hasLeft: hasLeft)
        case .unknown(let message, let wished):
            // What became of a question says nothing of the call that was accepted.
            return open(attempt.isQuestion ? .unreached : .unknown, message, wished)
        case .pending(let location, let message, let wished):
            let kind: Tries.Kind = isOver && !leg.isPending ? .unknown : .pending
            return open(kind, message, wished, location: location ?? leg.location)
        case .held(let message, let wait): return open(.held, message, wait)
        case .forgotten(let message): return .forgotten(tries(.held, message, attempt, leg))
        }
    }

    /// Whether the workflow names the code among those that the step can be refused with.
    private func names(_ code: String, in state: String) -> Bool {
        workflow.state(state)?.refused.contains { $0.code == code } ?? false
    }

    /// Whether the time for an answer that was promised is over.
    func isOverdue(_ run: StepRun, _ leg: Leg) -> Bool {
        pendingEnd(run, leg).map { now >= $0 } ?? false
    }

    /// When that time is over: as the workflow says, or later where the participant has asked for more; `nil` where none was promised.
    func pendingEnd(_ run: StepRun, _ leg: Leg) -> Instant? {
        guard let since = leg.pendingSince else { return nil }
        let end = since + pendingRule(run).timeout
        return leg.pendingUntil.map { max($0, end) } ?? end
    }

    /// How an answer of the step is waited for that comes later.
    func pendingRule(_ run: StepRun) -> PendingRule {
        workflow.state(run.state)?.step?.pending ?? PendingRule()
    }

    func tries(
        _ kind: Tries.Kind, _ message: String, _ attempt: Attempt, _ leg: Leg, location: String? = nil
    ) -> Tries {
        // What was kept back has not been tried.
        let made = kind == .held && !attempt.isQuestion ? attempt.number - 1 : attempt.number
        var tries = Tries(
            step: attempt.step, direction: attempt.direction, kind: kind, messages: [message], attempts: made,
            token: attempt.token, first: now, since: made == 0 ? nil : leg.firstAt,
            unrecognised: leg.unrecognised + (kind == .unrecognised ? 1 : 0), location: location)
        tries.hasLeft = leg.hasLeft
        return tries
    }
}
