import SagaCore
import SagaStore

@testable import SagaEngine

extension Evidence {
    /// Rule 24: nothing grows without bound: not what waits, not a history, not the attempts at a participant.
    var boundViolations: [String] {
        var found: [String] = []
        if peaks.commands > limits.inboxMax + Inbox.reserve(of: limits.inboxMax) {
            found.append("\(peaks.commands) commands waited in the inbox")
        }
        if peaks.waiters > limits.waitersMax { found.append("\(peaks.waiters) commands waited for a goal") }
        let free = Set(
            delivered.compactMap { delivered -> String? in
                switch delivered.outcome {
                case .held: "\(delivered.saga) \(delivered.token)"
                default: nil
                }
            })
        for (id, kept) in kept {
            for row in kept.rows {
                if let wrong = needless(row) { found.append("\(id): \(wrong)") }
                // What was kept back goes when it may.
                if case .unanswered(let tries)? = row.records.first, free.contains("\(id) \(tries.token)") { continue }
                for record in row.records {
                    if let wrong = haste(record, at: row.at, kept) { found.append("\(id): \(wrong)") }
                }
            }
        }
        return found + outages + countedHolds
    }

    /// Tries in a row that ended alike and have a record each.
    private var outages: [String] {
        var found: [String] = []
        for (id, kept) in kept {
            var last: Tries?
            for (place, (_, record)) in kept.records.enumerated() {
                switch record {
                case .unanswered(let tries):
                    if let last, last.step == tries.step, last.direction == tries.direction,
                        last.kind == tries.kind || last.kind == .held || tries.kind == .held
                    {
                        found.append("\(id): record \(place + 1) (\(record.brief)) is as the one before it")
                    }
                    last = tries
                case .retrySet, .attempted: break
                default: last = nil
                }
            }
        }
        return found
    }

    /// What was kept back, and counted as an attempt: the next one under its key has a number more.
    private var countedHolds: [String] {
        var held: Set<String> = []
        for delivered in delivered {
            if case .held = delivered.outcome { held.insert("\(delivered.saga) \(delivered.token) \(delivered.life)") }
        }
        var found: [String] = []
        for calls in Dictionary(grouping: sent, by: \.call.key).values {
            for (one, next) in zip(calls, calls.dropFirst()) where one.life == next.life {
                guard held.contains("\(one.call.saga) \(one.call.token) \(one.life)"),
                    next.call.number > one.call.number
                else { continue }
                found.append(
                    "\(one.call.saga): call #\(one.call.token) was kept back, and #\(next.call.token) is one more")
            }
        }
        return found
    }

    /// Each row has an input that explains it; an input that changes nothing writes nothing.
    private func needless(_ row: HistoryRow) -> String? {
        if row.records.count > SagaLimits.hopsMax * 8 { return "\(row.records.count) records of one input" }
        switch row.records.first {
        case .started, .timerFired, .attempted, .succeeded, .refused, .unanswered, .late, .calledBack, .signalled,
            .cancelRequested, .operated:
            return nil
        case .freed where row.records.dropFirst().first?.name == "called-back": return nil
        // The attempt that was due finds the history full.
        case .stuck(let reason, _) where reason.code == .historyLimit: return nil
        case nil: return "an empty row"
        case let record?: return "no input explains a row that begins with '\(record.brief)'"
        }
    }

    /// An attempt that follows sooner than its policy says.
    private func haste(_ record: Record, at now: Instant, _ kept: Kept) -> String? {
        guard case .retrySet(let step, let direction, let due) = record, !kept.hasPromise(step, direction),
            let run = kept.saga?.steps.first(where: { $0.number == step }),
            let rule = kept.workflow.state(run.state)?.step
        else { return nil }
        var policy = rule.retry
        if direction == .compensation, case .call(let undo) = rule.compensation { policy = undo.retry }
        let least = policy.jitter ? policy.interval / 2 : policy.interval
        return due - now < min(least, policy.max / 2) ? "retries \(run.call) after \(due - now) ms" : nil
    }
}

extension Evidence.Kept {
    /// Whether the step was accepted for later: then it is asked for as often as `pending:` says, and once at the end of its time.
    fileprivate func hasPromise(_ step: Int, _ direction: Direction) -> Bool {
        records.contains {
            if case .unanswered(let tries) = $0.record {
                tries.step == step && tries.direction == direction && tries.kind == .pending
            } else {
                false
            }
        }
    }
}
