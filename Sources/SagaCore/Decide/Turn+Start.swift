import CEL

extension Turn {
    /// `start`: checks the input, builds the key, and enters the first state.
    static func started(_ start: StartSent, in workflow: Workflow, at now: Instant) throws(Rejection) -> Turn {
        if let faults = workflow.input?.faults(of: start.input.value), !faults.isEmpty {
            throw .invalidInput(faults)
        }
        let input: Document
        do throws(JSONError) {
            input = try start.input.kept()
        } catch {
            throw .invalidInput([InputSchema.Fault(pointer: "", message: "cannot be kept: \(error.message)")])
        }
        var started = Record.Started(
            id: start.id, serial: start.serial, key: start.key ?? start.id.description, workflow: workflow.name,
            version: workflow.version, digest: workflow.digest, input: input, by: start.by)
        if start.key == nil, let template = workflow.key {
            do throws(FormulaError) {
                let scope = Saga(started: started, at: now).scope(at: now)
                started.key = Template.text(of: try template.value(in: scope))
            } catch {
                throw .badKey(error.description)
            }
        }
        guard !started.key.isEmpty else { throw .badKey("it is empty") }
        var turn = Turn(started: started, workflow: workflow, now: now)
        turn.orStuck(next: .enter) { turn throws(FormulaError) in
            if let deadline = workflow.deadline {
                let due = try turn.due(deadline.after)
                turn.emit(.timerSet(name: SagaTimer.deadline, due: due))
            }
            try turn.enter(workflow.initial)
        }
        return turn
    }

    /// When a timer that is set now is due.
    func due(_ due: TimerRule.Due) throws(FormulaError) -> Instant { try saga.due(due, since: now) }
}

extension Saga {
    /// When a timer is due that counts from `since`.
    func due(_ due: TimerRule.Due, since: Instant) throws(FormulaError) -> Instant {
        switch due {
        case .after(let milliseconds):
            return since + milliseconds
        case .at(let formula):
            switch try formula.value(in: scope(at: since)) {
            case .timestamp(let timestamp): return Instant(milliseconds: timestamp.milliseconds)
            case .duration(let duration): return since + duration.milliseconds
            default:
                throw FormulaError(
                    expression: formula.expression.source, place: formula.place,
                    message: "is neither a timestamp nor a duration")
            }
        }
    }
}
