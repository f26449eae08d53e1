import CEL

/// Answers that a participant brings by itself.
///
///     a call without an outcome ── yes, no ──► settled        ── the same ──► known, ── another ──► contradicts (an alarm)
///                 │  ▲
///                 └──┴── failed, more time: noted
extension Turn {
    /// It is about the key, whichever attempt it answers (rule 7): so also a no counts while an attempt is in flight, whose own answer is
    /// late then.
    /// - Throws: ``Rejection`` for a call that the saga has not made.
    mutating func calledBack(_ sent: CallbackSent) throws(Rejection) -> CallbackVerdict {
        let direction = sent.call.direction
        guard let run = saga.steps.last(where: { $0.keyNumber == sent.call.number }), let leg = run.leg(direction),
            leg.wasTried
        else { throw .notNow("the saga has made no such call, as far as this store knows") }
        guard saga.length < limits.recordsMaxInAll else { return .over("its history is full") }
        let of = StepDirection(step: run.number, direction: direction)
        if let verdict = known(run, sent.outcome, of) { return verdict }
        guard settles(run, direction) else { return noted(sent.outcome, of) }
        var attempt =
            saga.openCalls.attempt(of: run.number)
            ?? Attempt(token: saga.lastToken, step: run.number, direction: direction, number: leg.attempts)
        attempt.isQuestion = false
        let verdict = judged(sent, attempt, run, leg)
        if case .open = verdict {
        } else {
            if isAnswered { emit(.freed(reason: "step \(run.number) was answered by the participant itself")) }
            emit(.calledBack(Record.CalledBack(of: of, outcome: sent.outcome.name)))
        }
        if saga.isHeld { note(attempt, verdict) } else { goOn(run, direction, by: verdict) }
        if case .open = verdict { return .noted }
        return .settled
    }

    /// A call whose answer was promised and has failed is not asked about any more.
    private func judged(_ sent: CallbackSent, _ attempt: Attempt, _ run: StepRun, _ leg: Leg) -> Verdict {
        let verdict = verdict(on: sent.outcome, of: attempt, run)
        guard case .open(var tries, let wished) = verdict else { return verdict }
        if case .pending = sent.outcome, let until = sent.until, until > now {
            // Whatever the workflow said: who is at work says how long.
            tries.kind = .pending
            tries.until = until
        } else if tries.kind == .unknown, leg.isPending {
            tries.kind = .overdue
        }
        return .open(tries, wished: wished)
    }

    /// What is said to an answer when the call has its outcome already; `nil` while it has none.
    private mutating func known(_ run: StepRun, _ outcome: Outcome, _ of: StepDirection) -> CallbackVerdict? {
        let isSettled = of.direction == .forward ? run.isSettled : run.effect == .compensated || run.effect == .skipped
        guard isSettled else { return nil }
        if let contradiction = what(run, contradicts: outcome, of.direction) ?? otherWord(run, outcome, of.direction) {
            let isNews = !saga.alarms.contains { $0.step == run.number && $0.message == contradiction }
            if isNews, saga.alarms.count < SagaLimits.alarmsMax {
                emit(
                    .calledBack(Record.CalledBack(of: of, outcome: outcome.name, contradiction: contradiction)))
            }
            return .contradicts(contradiction)
        }
        switch outcome {
        case .succeeded, .refused:
            return run.effect == .skipped ? .over("an operator has gone on without step \(run.number)") : .known
        default:
            return .over("step \(run.number) has its outcome")
        }
    }

    /// The same key, and another answer.
    private func otherWord(_ run: StepRun, _ outcome: Outcome, _ direction: Direction) -> String? {
        guard direction == .forward else { return nil }
        switch (outcome, run.effect) {
        case (.succeeded(let result), .succeeded) where result?.value != run.result?.value:
            return "\(run.call) brings another result for the same key; the saga goes by the first"
        case (.refused(let code, _, _, _), .refused) where run.refusal.map({ $0.code != code }) ?? false:
            return "\(run.call) brings another refusal ('\(code)') for the same key; the saga goes by the first"
        default: return nil
        }
    }

    /// An answer to a call that is settled by something else: what fences it off, or a person after the saga was ended.
    private mutating func noted(_ outcome: Outcome, _ of: StepDirection) -> CallbackVerdict {
        switch outcome {
        case .succeeded where saga.length < limits.recordsMax, .refused where saga.length < limits.recordsMax:
            emit(.calledBack(Record.CalledBack(of: of, outcome: outcome.name)))
            return .noted
        default: return .over("the saga waits for no answer to this call")
        }
    }

    /// An attempt is due. One that waits for its answer to be brought is not made: its time is over, and nobody knows what became of it.
    mutating func retried(_ retry: Retry) {
        guard let run = saga.step(retry.step), let leg = run.leg(retry.direction), leg.isPending,
            pendingRule(run).isCalledBack
        else { return attempt(step: retry.step, retry.direction) }
        let attempt = Attempt(
            token: saga.lastToken, step: run.number, direction: retry.direction, number: leg.attempts)
        let kind: Tries.Kind = isOverdue(run, leg) ? .overdue : .pending
        let tries = tries(kind, "nobody has brought the answer", attempt, leg, location: leg.location)
        goOn(run, retry.direction, by: .open(tries, wished: nil))
    }
}
