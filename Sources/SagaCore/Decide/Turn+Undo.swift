import CEL

extension Turn {
    /// Undoes every armed step, newest first, and only then the saga is in the final state (rules 10-12).
    mutating func undoEverything(for target: String) throws(FormulaError) {
        emit(.undoing(for: target))
        undoNext()
    }

    /// A compensation has taken effect, or an operator went on without it.
    mutating func undone() throws(FormulaError) {
        if saga.undoingFor != nil { return undoNext() }
        // It fenced off the step that the saga wants to leave.
        if let exit = saga.exit { try enter(exit.to) }
    }

    /// Goes on with the newest step that is still armed and has a way back.
    /// - Parameter sendsAgain: see ``attempt(step:_:sendsAgain:)``.
    mutating func undoNext(sendsAgain: Bool = false) {
        guard let target = saga.undoingFor, !saga.openCalls.isCalling else { return }
        for run in saga.steps.prefix(saga.undoneFrom).reversed() where run.isArmed {
            guard case .call(let undo)? = workflow.state(run.state)?.step?.compensation else { continue }
            if run.undo != nil { return attempt(step: run.number, .compensation, sendsAgain: sendsAgain) }
            return orStuck(next: .settle) { turn throws(FormulaError) in try turn.undo(run, undo) }
        }
        emit(.ended(state: target, status: .cancelled))
    }

    /// Arms the compensation of a step and makes its first attempt.
    mutating func undo(_ run: StepRun, _ undo: Compensation.Undo) throws(FormulaError) {
        let request: Document
        if let with = undo.with {
            request = Document(bytes: JSON.bytes(try with.value(in: saga.scope(.undo(run), at: now))))
        } else {
            request = Document(
                bytes: Array(#"{"request":"#.utf8) + run.request.bytes + Array(#","result":"#.utf8)
                    + (run.result?.bytes ?? Array("null".utf8)) + Array("}".utf8))
        }
        emit(.undoArmed(step: run.number, call: undo.call, request: request))
        attempt(step: run.number, .compensation)
    }

    /// A compensation's answer. It is retried without end by default; where that is given up, or the participant says no,
    /// the saga is stuck and says so: it never ends as if it had been undone (rule 13).
    mutating func undoEnded(_ run: StepRun, _ verdict: Verdict) throws(FormulaError) {
        let call = run.undo?.call ?? run.call
        switch verdict {
        case .succeeded(let result):
            emit(.succeeded(step: run.number, direction: .compensation, result: result))
            try undone()
        case .refused(let code, let message):
            emit(.refused(step: run.number, direction: .compensation, code: code, message: message))
            stick(
                .compensationRefused, "\(call) was refused with '\(code)' (\(message)); its effect is still there",
                next: .settle)
        case .forgotten(let tries):
            note(tries)
            stick(
                .compensationUnknown,
                "\(call) cannot be sent: \(tries.message); find out whether the effect is still there, then settle or "
                    + "skip step \(run.number), or name it for a retry if it may be sent twice",
                next: .settle)
        case .open(let tries, let wished):
            note(tries)
            undoOpen(run.number, call, tries, wished)
        }
    }

    /// The compensation has no definite outcome yet.
    private mutating func undoOpen(_ number: Int, _ call: Operation, _ tries: Tries, _ wished: Int64?) {
        guard let run = saga.step(number), let leg = run.undo?.leg else { return }
        if tries.kind == .unrecognised, leg.unrecognised >= limits.unrecognisedMax {
            return stick(.unrecognised, unrecognised(run, .compensation), next: .settle)
        }
        if leg.isPending { return ask(run, .compensation, tries, wished) }
        if tries.kind != .held, case .call(let undo)? = workflow.state(run.state)?.step?.compensation,
            let most = undo.retry.attempts, leg.attempts >= most
        {
            return stick(
                .compensationExhausted, "\(call) had no answer in \(leg.attempts) attempts; its effect may be there",
                next: .settle)
        }
        retry(run, .compensation, tries, wished)
    }
}
