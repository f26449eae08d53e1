extension Turn {
    /// A cancel (rules 17-19). It and a confirming signal are applied one after the other: the first to commit wins.
    mutating func cancelled(_ sent: CancelSent) -> CancelAnswer {
        if let end = saga.end { return end == .cancelled ? .already : .tooLate(state: saga.state) }
        if saga.undoingFor != nil || saga.cancel?.verdict == .accepted { return .already }
        if let exit = saga.exit, workflow.state(exit.to)?.end == .succeeded { return .tooLate(state: exit.to) }
        guard let target = workflow.cancelTarget, let state = workflow.state(saga.state) else {
            return .tooLate(state: saga.state)
        }
        if let pivot = saga.pivot { return .tooLate(state: pivot.state) }
        switch state.cancel {
        case .refuse:
            return .tooLate(state: saga.state)
        case .allow where !saga.isPaused && !isPivotOpen:
            emit(.cancelRequested(.init(reason: sent.reason, by: sent.by, verdict: .accepted)))
            orStuck(next: .settle) { turn throws(FormulaError) in try turn.leave(to: target, cause: "cancel") }
            return .accepted
        case .defer, .allow:
            if saga.cancel == nil {
                emit(.cancelRequested(.init(reason: sent.reason, by: sent.by, verdict: .deferred)))
            }
            return .deferred
        }
    }

    /// The intent of the pivot is committed and its outcome not definite: the cancel waits for it (rule 19).
    var isPivotOpen: Bool {
        guard let run = saga.currentStep, run.traits.contains(.pivot), !run.isSettled else { return false }
        return saga.openCalls.attempt(of: run.number) != nil || run.effect != .none
    }
}
