import SagaCore

extension Evidence {
    /// Rule 7: a no settles a step when the participant says it, when the workflow names its code, or while no attempt before may have
    /// taken effect; and what is only accepted settles nothing.
    var proofViolations: [String] {
        let outcomes = Dictionary(grouping: delivered) { "\($0.saga) \($0.token)" }
        var found: [String] = []
        for (id, kept) in kept {
            var token = 0
            var inDoubt: Set<StepDirection> = []
            for (place, (_, record)) in kept.records.enumerated() {
                switch record {
                case .attempted(_, _, _, let number): token = number
                case .unanswered(let tries):
                    if tries.kind != .unreached, tries.kind != .held {
                        inDoubt.insert(StepDirection(step: tries.step, direction: tries.direction))
                    }
                case .refused(let step, let direction, let code, _):
                    let isDoubted = inDoubt.contains(StepDirection(step: step, direction: direction))
                    let isNamed = kept.workflow.names(code, in: kept.saga?.step(step)?.state)
                    let proves = (outcomes["\(id) \(token)"] ?? []).contains {
                        $0.outcome.proves(code, isNamed: isNamed && direction == .forward, isDoubted: isDoubted)
                    }
                    if !proves, !kept.records[place - 1].record.leads(to: record) {
                        found.append("\(id): record \(place + 1) (\(record.brief)): nothing proves it")
                    }
                default: break
                }
            }
        }
        return found
    }
}

extension Outcome {
    fileprivate func proves(_ code: String, isNamed: Bool, isDoubted: Bool) -> Bool {
        guard case .refused(code, _, let speaker, _) = self else { return false }
        return speaker == .participant || isNamed || speaker == .unnamed && !isDoubted
    }
}

extension Workflow {
    fileprivate func names(_ code: String, in state: String?) -> Bool {
        state.flatMap { self.state($0) }?.refused.contains { $0.code == code } ?? false
    }
}
