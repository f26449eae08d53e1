extension Turn {
    /// An operator's act (rule 22): it is history before anything follows from it.
    mutating func operated(_ act: OperatorAct) throws(Rejection) {
        guard saga.end == nil else { throw .notNow("the saga has ended (\(saga.status.name))") }
        // The end needs little room, and is all that helps a saga whose history is full to the last record.
        let most = limits.recordsMaxInAll + SagaLimits.recordsForActs
        guard saga.length < most || act.kind == .terminate else {
            throw .full(what: "records", max: most)
        }
        switch act.kind {
        case .retry(let step): try retry(act, step)
        case .settle(let step, let settlement): try settle(act, try run(step), settlement)
        case .skip(let step): try skip(act, try run(step))
        case .pause:
            guard saga.stuck == nil else { throw .notNow("the saga is stuck: nothing moves anyway") }
            guard !saga.isPaused else { throw .notNow("the saga is paused already") }
            emit(.operated(act))
            emit(.held(next: .wait))
        case .resume:
            guard saga.isPaused else { throw .notNow("the saga is not paused but \(saga.status.name)") }
            emit(.operated(act))
            if saga.stuck == nil { goOn(saga.next) }
        case .terminate:
            emit(.operated(act))
            emit(.ended(state: saga.state, status: .terminated))
        }
    }

    private func run(_ number: Int) throws(Rejection) -> StepRun {
        guard let run = saga.step(number) else {
            let known = saga.steps.map { "\($0.number) (\($0.call) in \($0.state))" }.joined(separator: ", ")
            throw .notNow("the saga has no step \(number); it has \(known.isEmpty ? "none yet" : known)")
        }
        return run
    }

    /// The step that is being undone now, or is the next to be.
    private var undoAtHand: StepRun? {
        if saga.undoingFor != nil {
            return saga.steps.last { $0.isArmed && $0.traits.contains(.undoable) }
        }
        return saga.currentStep.flatMap { $0.undo != nil && !$0.isSettled ? $0 : nil }
    }

    private mutating func retry(_ act: OperatorAct, _ step: Int?) throws(Rejection) {
        if let step, step != undoAtHand?.number, step != saga.currentStep?.number {
            let run = try run(step)
            throw .notNow("step \(step) (\(run.call)) is not at hand: there is nothing to retry")
        }
        if step == nil, let retry = saga.openCalls.nextRetry, let run = saga.step(retry.step),
            run.leg(retry.direction)?.isPending == true, pendingRule(run).isCalledBack
        {
            throw .notNow(
                "the participant brings the answer to \(run.call), and a retry sends the call again: wait for it, or name it for "
                    + "the retry (step \(run.number)) if it may be sent twice")
        }
        if let run = saga.currentStep, step == nil, saga.stuck?.code == .unknown, !run.isSettled, run.undo == nil {
            throw .notNow(
                "\(run.call) may have taken effect, and a retry sends it again: settle step \(run.number) by what you found, "
                    + "or name it for the retry (step \(run.number)) if it may be sent twice")
        }
        if let stuck = saga.stuck {
            let next = saga.next
            if stuck.code == .historyLimit, next == .wait {
                throw .notNow("\(stuck.message): a retry would be stuck again")
            }
            emit(.operated(act))
            if !saga.isPaused { goOn(next, sendsAgain: step != nil) }
        } else if let retry = step.flatMap(saga.openCalls.retry(of:)) ?? saga.openCalls.nextRetry, !saga.isPaused {
            emit(.operated(act))
            attempt(step: retry.step, retry.direction)
        } else {
            throw .notNow("there is nothing to retry: the saga is \(saga.status.name) in '\(saga.state)'")
        }
    }

    private mutating func settle(
        _ act: OperatorAct, _ run: StepRun, _ settlement: OperatorAct.Settlement
    ) throws(Rejection) {
        if run.number == undoAtHand?.number, run.undo != nil {
            guard case .succeeded(let result) = settlement else {
                throw .notNow(
                    "\(run.undo?.call ?? run.call) is a compensation: it is settled as succeeded once its effect is undone; "
                        + "'skip' leaves the effect and goes on")
            }
            emit(.operated(act))
            emit(.succeeded(step: run.number, direction: .compensation, result: result))
            return carryOn { turn in turn.orStuck(next: .settle) { turn throws(FormulaError) in try turn.undone() } }
        }
        guard !run.isSettled, run.number == saga.currentStep?.number else {
            throw .notNow("step \(run.number) (\(run.call)) is settled already: \(run.effect.rawValue)")
        }
        emit(.operated(act))
        switch settlement {
        case .succeeded(let result): emit(.succeeded(step: run.number, direction: .forward, result: result))
        case .refused:
            emit(
                .refused(
                    step: run.number, direction: .forward, code: OperatorAct.refusalCode,
                    message: "settled by an operator: \(act.reason)"))
        }
        carryOn { turn in turn.goOn(.outcome) }
    }

    private mutating func skip(_ act: OperatorAct, _ run: StepRun) throws(Rejection) {
        if run.number == undoAtHand?.number {
            emit(.operated(act))
            emit(.skipped(step: run.number, direction: .compensation))
            return carryOn { turn in turn.orStuck(next: .settle) { turn throws(FormulaError) in try turn.undone() } }
        }
        guard run.number == saga.currentStep?.number, !run.isSettled || (run.effect == .refused && saga.stuck != nil)
        else {
            throw .notNow(
                "step \(run.number) (\(run.call)) is settled: \(run.effect.rawValue); there is nothing to skip")
        }
        emit(.operated(act))
        emit(.skipped(step: run.number, direction: .forward))
        carryOn { turn in turn.goOn(.outcome) }
    }

    /// Goes on unless the saga is paused; then it does so when it is resumed.
    private mutating func carryOn(_ work: (inout Turn) -> Void) {
        if saga.isPaused { emit(.held(next: .outcome)) } else { work(&self) }
    }

    /// Takes up what was left when the saga was stuck or paused.
    /// - Parameter sendsAgain: whether an operator wants a call sent again whose outcome is unknown, also with `unknown: ask`.
    mutating func goOn(_ next: Saga.Next, sendsAgain: Bool = false) {
        orStuck(next: next) { turn throws(FormulaError) in
            if turn.saga.undoingFor != nil { return turn.undoNext(sendsAgain: sendsAgain) }
            switch next {
            case .wait: try turn.waitOn()
            case .outcome: try turn.actOnOutcome()
            case .enter: try turn.enter(turn.saga.state.isEmpty ? turn.workflow.initial : turn.saga.state)
            case .settle: try turn.settleAgain(sendsAgain: sendsAgain)
            }
        }
    }

    /// The cancel and the signals that came meanwhile.
    private mutating func waitOn() throws(FormulaError) {
        if saga.exit != nil { return try settleAgain(sendsAgain: false) }
        if try takeDeferredCancel() { return }
        guard let state = workflow.state(saga.state), saga.currentStep?.isSettled ?? true else { return }
        try takeDeferredSignal(in: state)
    }

    /// The step that is not settled is tried again, fenced off, or left as it is when its answer is on the way.
    private mutating func settleAgain(sendsAgain: Bool) throws(FormulaError) {
        guard let run = saga.currentStep else { return }
        guard !run.isSettled else { return try actOnOutcome() }
        guard saga.openCalls.attempt(of: run.number) == nil else { return }
        if run.undo != nil {
            attempt(step: run.number, .compensation, sendsAgain: sendsAgain)
        } else if saga.exit != nil, workflow.state(run.state)?.step?.unknown == .fence {
            try settle(run)
        } else if run.effect == .unknown || run.effect == .pending && run.forward.location == nil, !sendsAgain,
            asksOperator(run)
        {
            askOperator(run, "it was lost while the saga was held")
        } else {
            attempt(step: run.number, .forward, sendsAgain: sendsAgain)
        }
    }
}
