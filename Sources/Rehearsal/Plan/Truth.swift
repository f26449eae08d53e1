import SagaCore

/// Which steps may have an effect that is there, as the answers of their participants have it: what a saga reads is held against it.
struct Truth: Hashable {
    private var standing: Set<Int> = []

    func mayStand(_ step: Int) -> Bool { standing.contains(step) }

    /// What is true after a move of the saga as it was before it.
    func after(_ move: Move, of saga: Saga?, in workflow: Workflow) -> Truth {
        guard let saga else { return self }
        var truth = self
        switch move {
        case .late: if let run = saga.currentStep { truth.standing.insert(run.number) }
        case .answered(let outcome):
            if let attempt = saga.openCalls.attempts.first {
                truth.hear(outcome, of: StepDirection(step: attempt.step, direction: attempt.direction), saga, workflow)
            }
        case .brought(let outcome):
            if let retry = saga.openCalls.nextRetry {
                truth.hear(outcome, of: StepDirection(step: retry.step, direction: retry.direction), saga, workflow)
            }
        default: break
        }
        return truth
    }

    private mutating func hear(_ outcome: Outcome, of attempt: StepDirection, _ saga: Saga, _ workflow: Workflow) {
        switch (attempt.direction, outcome) {
        case (.forward, .succeeded), (.forward, .unknown), (.forward, .pending): standing.insert(attempt.step)
        case (.forward, .refused(let code, _, let speaker, _)):
            let state = saga.step(attempt.step)?.state ?? ""
            let isNamed = workflow.state(state)?.refused.contains { $0.code == code } ?? false
            if speaker == .participant || isNamed { standing.remove(attempt.step) }
        case (.compensation, .succeeded): standing.remove(attempt.step)
        default: break
        }
    }
}
