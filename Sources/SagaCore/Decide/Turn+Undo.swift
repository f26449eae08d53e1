import CEL

extension Turn {
    /// Undoes every armed step, newest first, and only then the saga is in the final state (rules 10-12).
    mutating func undoEverything(for target: String) {
        emit(.undoing(for: target))
        undoNext()
    }

    /// Goes on with the newest step that is still armed and has a way back.
    private mutating func undoNext() {
        guard let target = saga.undoingFor else { return }
        for run in saga.steps.reversed() where run.isArmed {
            guard case .call(let undo)? = workflow.state(run.state)?.step?.compensation else { continue }
            return orStuck { turn throws(FormulaError) in try turn.undo(run, undo) }
        }
        emit(.ended(state: target, status: .cancelled))
    }

    private mutating func undo(_ run: StepRun, _ undo: Compensation.Undo) throws(FormulaError) {
        let request: [UInt8]
        if let with = undo.with {
            request = JSON.bytes(try with.value(in: saga.scope(.result(run.result), at: now)))
        } else {
            request =
                Array(#"{"request":"#.utf8) + run.request + Array(#","result":"#.utf8)
                + (run.result ?? Array("null".utf8)) + Array("}".utf8)
        }
        emit(.undoArmed(step: run.number, call: undo.call, request: request))
        attempt(step: run.number, .compensation)
    }

    /// A compensation's answer. It is retried without end by default; where that is given up, or the participant says no,
    /// the saga is stuck and says so: it never ends as if it had been undone (rule 13).
    mutating func undoEnded(_ run: StepRun, _ outcome: Outcome) {
        let call = run.undo?.call ?? run.call
        switch outcome {
        case .succeeded(let result):
            emit(.succeeded(step: run.number, direction: .compensation, result: result))
            undoNext()
        case .refused(let code, let message):
            emit(.refused(step: run.number, direction: .compensation, code: code, message: message))
            stick("compensation-refused", "\(call) was refused with '\(code)' (\(message)); its effect is still there")
        case .unreached(let message, let retryAfter):
            emit(.unanswered(step: run.number, direction: .compensation, reached: false, message: message))
            undoAgain(run, call, retryAfter)
        case .unknown(let message, let retryAfter):
            emit(.unanswered(step: run.number, direction: .compensation, reached: true, message: message))
            undoAgain(run, call, retryAfter)
        }
    }

    private mutating func undoAgain(_ run: StepRun, _ call: Operation, _ retryAfter: Int64?) {
        if case .call(let undo)? = workflow.state(run.state)?.step?.compensation, let most = undo.retry.attempts,
            let made = run.undo?.attempts, made >= most
        {
            return stick("compensation-exhausted", "\(call) had no answer in \(made) attempts; its effect may be there")
        }
        retry(run, .compensation, retryAfter)
    }
}
