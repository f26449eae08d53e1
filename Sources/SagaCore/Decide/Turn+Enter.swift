import CEL

extension Turn {
    /// Enters a state: undoes everything for one that ends in `cancelled`, ends in one that ends in `succeeded`, and
    /// otherwise sets its timers and makes its call.
    mutating func enter(_ name: String) throws(FormulaError) {
        hops += 1
        guard hops <= SagaLimits.hopsMax else {
            return stick(
                .loop, "one input led through \(SagaLimits.hopsMax) states; '\(name)' would be the next", next: .enter)
        }
        guard let state = workflow.state(name) else {
            return stick(
                .noState, "workflow '\(workflow.name)' \(workflow.version) has no state '\(name)'", next: .wait)
        }
        switch state.end {
        case .succeeded: emit(.ended(state: name, status: .succeeded))
        case .cancelled:
            if let pivot = saga.pivot {
                return stick(
                    .pastPivot, "\(pivot.call) has succeeded and is the pivot: nothing is undone for '\(name)'",
                    next: .wait)
            }
            try undoEverything(for: name)
        case nil: try enterLive(state)
        }
    }

    private mutating func enterLive(_ state: State) throws(FormulaError) {
        // Timers alone can lead round and round for years; ends are never refused.
        guard saga.length < limits.recordsMax else {
            return stick(
                .historyLimit,
                "its history has \(saga.length) records, and entering '\(state.name)' would go on without end; what it did can "
                    + "be undone (cancel), and the rest settled or left (terminate)",
                next: .wait)
        }
        emit(.entered(state: state.name))
        if try takeDeferredCancel() { return }
        // Without a call what the state sets is known at once, so its timers may go by it; with one it is known when the call has
        // succeeded, and the timers must run before that.
        if state.step == nil { try assign(state.set, .none) }
        for rule in state.after { emit(.timerSet(name: rule.name, due: try due(rule.due))) }
        if let step = state.step {
            let request = Document(bytes: JSON.bytes(try step.with.value(in: saga.scope(at: now))))
            emit(.stepArmed(state: state.name, call: step.call, request: request, traits: step.traits))
            attempt(step: saga.length, .forward)
        } else if let route = try firstRoute(state.then, .none) {
            return try take(route, .none, cause: "then")
        }
        try takeDeferredSignal(in: state)
    }

    /// Leaves for the cancel that was put off, where the state allows it and no pivot is on its way.
    mutating func takeDeferredCancel() throws(FormulaError) -> Bool {
        guard var cancel = saga.cancel, cancel.verdict == .deferred, saga.pivot == nil,
            !isPivotOpen, workflow.state(saga.state)?.cancel == .allow, let target = workflow.cancelTarget
        else { return false }
        cancel.verdict = .accepted
        emit(.cancelRequested(cancel))
        try leave(to: target, cause: "cancel")
        return true
    }

    /// Records the intent of an attempt and asks for it to be sent.
    /// - Parameter sendsAgain: whether an operator says that the call may be sent twice.
    mutating func attempt(step number: Int, _ direction: Direction, sendsAgain: Bool = false) {
        guard let run = saga.step(number), let leg = run.leg(direction) else { return }
        // Above the limit of forward work, what may have happened is still settled, and undone (rule 24). Settling leaves most of the
        // room to undoing.
        let most =
            direction == .compensation
            ? limits.recordsMaxInAll : leg.isUncertain ? limits.recordsMaxToSettle : limits.recordsMax
        guard saga.length < most else {
            return stick(
                .historyLimit, "its history has \(saga.length) records; the next attempt would go on without end",
                next: .settle)
        }
        let location = leg.isPending ? leg.location : nil
        let count = leg.attempts + (location == nil ? 1 : 0)
        let token = saga.lastToken + 1
        emit(.attempted(step: number, direction: direction, number: count, token: token))
        var call = saga.call(run, direction, in: workflow, token: token, number: count)
        call.location = location
        call.keySince = sendsAgain || location != nil ? nil : run.keySince(direction)
        send(call)
    }
}

extension Saga {
    /// The call of that name, as it was sent last; for whoever reads an answer that is brought. `nil` for one that was never made.
    public func call(_ name: CallName, in workflow: Workflow) -> Call? {
        guard let run = steps.last(where: { $0.keyNumber == name.number }), let leg = run.leg(name.direction),
            leg.wasTried
        else { return nil }
        return call(run, name.direction, in: workflow, token: lastToken, number: leg.attempts)
    }

    fileprivate func call(
        _ run: StepRun, _ direction: Direction, in workflow: Workflow, token: Int, number: Int
    ) -> Call {
        let rule = workflow.state(run.state)?.step
        var timeout = rule?.timeout ?? Step.timeoutDefault
        var answers = rule?.answers ?? []
        if direction == .compensation, case .call(let undo)? = rule?.compensation {
            timeout = undo.timeout
            answers = undo.answers
        }
        return Call(
            saga: id, workflow: self.workflow, state: run.state, token: token, step: run.number,
            operation: direction == .forward ? run.call : run.undo?.call ?? run.call, direction: direction,
            name: CallName(number: run.keyNumber, direction: direction),
            key: key(step: run.number, direction: direction),
            compensates: direction == .forward ? nil : key(step: run.number, direction: .forward),
            request: direction == .forward ? run.request.bytes : run.undo?.request.bytes ?? [], number: number,
            timeout: timeout, answers: answers)
    }
}

extension StepRun {
    /// Since when a key may be with the participant without a definite answer: also one that was turned away may be brought to it again
    /// by a network that repeats requests. A compensation also stands on the key that it undoes: where that was forgotten, "there is
    /// nothing to undo" proves nothing.
    func keySince(_ direction: Direction) -> Instant? {
        let own = leg(direction).flatMap { $0.mayHaveArrived ? $0.firstAt : nil }
        // Also while the call that it fences off is in flight.
        guard direction == .compensation, !isSettled else { return own }
        return [own, forward.firstAt].compactMap { $0 }.min()
    }
}

extension Step {
    /// What is kept of it with each intent.
    var traits: StepRun.Traits {
        var traits: StepRun.Traits = pivot ? .pivot : []
        if case .call = compensation { traits.insert(.undoable) }
        return traits
    }
}
