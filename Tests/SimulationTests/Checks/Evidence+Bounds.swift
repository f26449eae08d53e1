import SagaCore
import SagaEngine
import SagaStore

extension Evidence {
    /// Rule 24: nothing grows without bound: not what waits, not a history, not the attempts at a participant.
    var boundViolations: [String] {
        var found: [String] = []
        if peaks.commands > limits.inboxMax { found.append("\(peaks.commands) commands waited in the inbox") }
        if peaks.waiters > limits.waitersMax { found.append("\(peaks.waiters) commands waited for a goal") }
        for (id, kept) in kept {
            for row in kept.rows {
                if let wrong = needless(row) { found.append("\(id): \(wrong)") }
                for record in row.records {
                    if let wrong = haste(record, at: row.at, kept) { found.append("\(id): \(wrong)") }
                }
            }
        }
        return found
    }

    /// Each row has an input that explains it; an input that changes nothing writes nothing.
    private func needless(_ row: HistoryRow) -> String? {
        if row.records.count > SagaLimits.hopsMax * 8 { return "\(row.records.count) records of one input" }
        switch row.records.first {
        case .started, .timerFired, .attempted, .succeeded, .refused, .unanswered, .late, .signalled, .cancelRequested,
            .operated:
            return nil
        case nil: return "an empty row"
        case let record?: return "no input explains a row that begins with '\(record.brief)'"
        }
    }

    /// An attempt that follows sooner than its policy says.
    private func haste(_ record: Record, at now: Instant, _ kept: Kept) -> String? {
        guard case .retrySet(let step, let direction, let due) = record,
            let run = kept.saga?.steps.first(where: { $0.number == step }),
            let rule = kept.workflow.state(run.state)?.step
        else { return nil }
        var policy = rule.retry
        if direction == .compensation, case .call(let undo) = rule.compensation { policy = undo.retry }
        let least = policy.jitter ? policy.interval / 2 : policy.interval
        return due - now < min(least, policy.max / 2) ? "retries \(run.call) after \(due - now) ms" : nil
    }
}
