import SagaCore
import SagaStore

extension Evidence {
    /// Rules 1, 9, 10, 13 and 18: what a saga says of its steps is what its participants' ledgers say, and an end leaves nothing
    /// behind that it says was undone.
    var effectViolations: [String] {
        var found: [String] = []
        var explained: Set<String> = []
        for (id, kept) in kept {
            guard let saga = kept.saga else { continue }
            for run in saga.steps {
                let key = saga.key(step: run.number, direction: .forward)
                explained.insert(key)
                if let wrong = contradiction(run, ledger[key], in: saga, kept.workflow) {
                    found.append("\(id): \(run.call), step \(run.number): \(wrong)")
                }
            }
            // What a participant denied and had done is the only thing to be alarmed by.
            for alarm in saga.alarms where entry(alarm.step, of: saga)?.isDenied != true {
                found.append("\(id): alarm: \(alarm.message)")
            }
        }
        for (key, entry) in ledger where entry.applied > 0 && !explained.contains(key) {
            found.append("\(key): took effect, and no saga knows it")
        }
        return found
    }

    private func entry(_ step: Int, of saga: Saga) -> Participants.Entry? {
        ledger[saga.key(step: step, direction: .forward)]
    }

    /// Whether the saga was lied to, and says so as soon as it can know: unless a crash took what the participant admitted.
    private func isExcused(_ run: StepRun, of saga: Saga) -> Bool {
        guard entry(run.number, of: saga)?.isDenied == true else { return false }
        let hasHeard = delivered.contains { delivered in
            guard delivered.saga == saga.id, delivered.step == run.number, delivered.life == lives else { return false }
            if case .succeeded = delivered.outcome { return true }
            return false
        }
        return !hasHeard || saga.alarms.contains { $0.step == run.number }
    }

    private func contradiction(
        _ run: StepRun, _ entry: Participants.Entry?, in saga: Saga, _ workflow: Workflow
    ) -> String? {
        let (applied, undone) = (entry?.applied ?? 0, entry?.undone ?? 0)
        if applied > 1 { return "took effect \(applied) times" }
        if undone > applied { return "was undone \(undone) times and took effect \(applied) times" }
        switch run.effect {
        case .refused where isExcused(run, of: saga): return nil
        case .refused:
            if applied > undone { return "'refused', and it stands in the ledger" }
        case .none:
            if applied > undone, saga.end != .terminated { return "'none', and it stands in the ledger" }
        case .compensated:
            if applied != undone { return "'compensated', and it stands in the ledger" }
        case .succeeded:
            if run.undo == nil, undone > 0 { return "'succeeded', and it was undone" }
            if applied == 0 { return "'succeeded', and it never took effect" }
        case .skipped: return nil  // an operator's word, not the engine's
        case .unknown, .pending:
            if let end = saga.end, end != .terminated { return "'\(run.effect.rawValue)' at the end (\(end.name))" }
        }
        guard saga.end == .cancelled, applied > undone,
            case .call? = workflow.state(run.state)?.step?.compensation
        else { return nil }
        return "the saga is cancelled, and it stands in the ledger"
    }
}
