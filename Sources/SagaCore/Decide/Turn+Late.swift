extension Turn {
    /// An answer of an attempt that is not in flight (rule 4): recorded, and used only to settle what is unknown. One that
    /// contradicts what the saga knows is an alarm.
    mutating func late(_ ended: AttemptEnded) {
        let run = ended.of.flatMap { saga.step($0.step) }
        let contradiction = run.flatMap { what($0, contradicts: ended) }
        // One that settles or contradicts may use what is kept for that.
        let isNews =
            contradiction != nil || run.map { run in ended.of.map { settles(run, $0.direction) } ?? false } == true
        guard saga.length < (isNews ? limits.recordsMaxInAll : limits.recordsMax) else { return }
        emit(
            .late(
                Record.Late(
                    token: ended.token, of: run == nil ? nil : ended.of, outcome: ended.outcome.name,
                    contradiction: contradiction)))
        guard let run, let direction = ended.of?.direction, case .succeeded(let result) = ended.outcome,
            settles(run, direction)
        else { return }
        emit(.succeeded(step: run.number, direction: direction, result: result))
        let next: Saga.Next = direction == .forward ? .outcome : .settle
        if isAnswered { emit(.freed(reason: "an answer to step \(run.number) came late: it succeeded")) }
        guard !saga.isHeld else {
            if saga.next != next { emit(.held(next: next)) }
            return
        }
        orStuck(next: next) { turn throws(FormulaError) in
            if direction == .forward { try turn.actOnOutcome() } else { try turn.undone() }
        }
    }

    /// Only a yes settles: a no to an earlier attempt says nothing of a later one that is on its way.
    func settles(_ run: StepRun, _ direction: Direction) -> Bool {
        guard saga.end == nil else { return false }
        switch direction {
        case .forward: return !run.isSettled && run.undo == nil && run.number == saga.currentStep?.number
        case .compensation: return run.undo != nil && (run.isArmed || run.effect == .none)
        }
    }

    /// Whether the saga is stuck for want of an answer to its call; a paused one stays as it is.
    var isAnswered: Bool {
        guard let stuck = saga.stuck, !saga.isPaused else { return false }
        switch stuck.code {
        case .unknown, .unrecognised, .compensationExhausted, .compensationRefused, .compensationUnknown: return true
        case .noRoute: return saga.next == .settle
        default: return false
        }
    }

    private func what(_ run: StepRun, contradicts ended: AttemptEnded) -> String? {
        ended.of.flatMap { what(run, contradicts: ended.outcome, $0.direction) }
    }

    /// What an answer says that cannot be, by what is known.
    func what(_ run: StepRun, contradicts outcome: Outcome, _ direction: Direction) -> String? {
        switch (direction, outcome, run.effect) {
        case (.forward, .succeeded, .refused):
            return "\(run.call) answers late that it succeeded; the saga counts it as refused, and nothing undoes it"
        case (.forward, .refused(let code, _, .participant, _), .succeeded):
            return "\(run.call) answers late that it was refused ('\(code)'); the saga counts it as succeeded"
        case (.compensation, .refused(let code, _, .participant, _), .compensated):
            return
                "\(run.undo?.call ?? run.call) answers late that it was refused ('\(code)'); the saga counts it as undone"
        default:
            return nil
        }
    }
}
