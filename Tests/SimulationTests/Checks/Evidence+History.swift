import SagaCore
import SagaEngine
import SagaStore

extension Evidence {
    /// Rule 5: what is kept folds to what was decided, record by record, and nothing is missing in between.
    var historyViolations: [String] {
        var found = unreadable
        for (id, kept) in kept {
            guard let saga = kept.saga else {
                found.append("\(id): its history does not fold")
                continue
            }
            let row = kept.row
            if row.status != saga.status || row.state != saga.state || row.due != SagaRow.due(of: saga) {
                found.append(
                    "\(id): its row says \(row.status) in \(row.state), its history \(saga.status) in \(saga.state)")
            }
            found += gaps(in: kept).map { "\(id): \($0)" }
        }
        let byID = Dictionary(grouping: commits, by: \.saga.id)
        for (id, commits) in byID {
            guard let kept = kept[id] else {
                found.append("\(id): was committed and is gone")
                continue
            }
            let folds = kept.saga(after: Set(commits.map(\.saga.length)))
            for commit in commits where folds[commit.saga.length] != commit.saga {
                found.append("\(id): record \(commit.saga.length) does not fold to the saga that was decided")
            }
        }
        return found
    }

    /// Records that cannot follow on those before them.
    private func gaps(in kept: Kept) -> [String] {
        var found: [String] = []
        var attempt: (step: Int, direction: Direction)?
        var made: [String: Int] = [:]
        var isUndoing = false
        var hasEnded = false
        var state = ""
        for (place, (_, record)) in kept.records.enumerated() {
            func complain(_ what: String) { found.append("record \(place + 1) (\(record.brief)): \(what)") }
            if hasEnded {
                if case .late = record {} else { complain("after the end") }
            }
            switch record {
            case .started: if place > 0 { complain("a second start") }
            case .entered(let name):
                if attempt != nil { complain("a call is in flight") }
                state = name
            case .stepArmed(let armed, _, _, _): if armed != state || isUndoing { complain("not in that state") }
            case .attempted(let step, let direction, let number):
                if attempt != nil { complain("a call is in flight") }
                let count = made["\(step) \(direction)", default: 0] + 1
                if number != count { complain("it is number \(count)") }
                made["\(step) \(direction)"] = number
                attempt = (step, direction)
            case .succeeded(let step, let direction, _), .refused(let step, let direction, _, _),
                .unanswered(let step, let direction, _, _):
                let isInFlight = attempt?.step == step && attempt?.direction == direction
                if !isInFlight, !kept.records[place - 1].record.leads(to: record) {
                    complain("no such call is in flight")
                }
                if attempt?.step == step { attempt = nil }
            case .retrySet: if attempt != nil { complain("a call is in flight") }
            case .undoing:
                if attempt != nil { complain("a call is in flight") }
                isUndoing = true
            case .undoArmed(let step, _, _):
                // A fence may come while the call that it fences off is in flight.
                if let attempt, attempt != (step, .forward) { complain("another call is in flight") }
                attempt = nil
            case .skipped(let step, _): if attempt?.step == step { attempt = nil }
            case .ended(_, let status):
                if status != .terminated {
                    if attempt != nil { complain("a call is in flight") }
                    if (status == .cancelled) != isUndoing { complain("undoing is \(isUndoing)") }
                }
                hasEnded = true
            default: break
            }
        }
        return found
    }
}

extension Record {
    /// Whether the outcome `next` follows from this record, as there is no call in flight that it is the outcome of: a late answer
    /// settles, an operator does, and a call that reached nobody is given up.
    func leads(to next: Record) -> Bool {
        switch (self, next) {
        case (.late(let late), .succeeded(let step, let direction, _)):
            late.of == StepDirection(step: step, direction: direction) && late.outcome == "succeeded"
        case (.operated(let act), .succeeded(let step, _, _)), (.operated(let act), .refused(let step, .forward, _, _)):
            if case .settle(step, _) = act.kind { true } else { false }
        case (.unanswered(let given, .forward, false, _), .refused(let step, .forward, "unreachable", _)): given == step
        default: false
        }
    }
}
