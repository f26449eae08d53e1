import SagaEngine
import SagaStore

@testable import SagaCore

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
            if row.serial != saga.serial { found.append("\(id): its row has another serial than its history") }
            found += gaps(in: kept).map { "\(id): \($0)" }
        }
        found += doubledSerials
        let byID = Dictionary(grouping: commits, by: \.saga.id)
        for (id, commits) in byID {
            guard let kept = kept[id] else {
                found.append("\(id): was committed and is gone")
                continue
            }
            let folds = kept.saga(after: Set(commits.map(\.saga.length)))
            for commit in commits where folds[commit.saga.length] != commit.saga && !kept.standsFor(commit.saga) {
                found.append("\(id): record \(commit.saga.length) does not fold to the saga that was decided")
            }
        }
        return found + misfolds
    }

    /// Serials that two sagas of a workflow were given, or that are not numbers from 1: in any process of the run.
    private var doubledSerials: [String] {
        var found: [String] = []
        var given: [String: SagaID] = [:]
        for saga in commits.map(\.saga) {
            guard let serial = saga.serial, serial > 0 else {
                found.append("\(saga.id): it has no serial")
                continue
            }
            if let other = given.updateValue(saga.id, forKey: "\(saga.workflow):\(serial)"), other != saga.id {
                found.append("\(saga.id): \(other) has its serial \(serial) too")
            }
        }
        return found
    }

    /// Commits that do not fold to what was decided, on what they left standing of the history before; also such as were written over since.
    private var misfolds: [String] {
        var found: [String] = []
        // As each commit left it, by the length of the history then. What a process wrote and did not live to tell is not known here.
        var known: [SagaID: [Int: Saga]] = [:]
        var last = 0
        for (commit, life) in zip(commits, commitLives) {
            if life != last { known = [:] }
            last = life
            var sagas = known[commit.saga.id] ?? [:]
            let kept = commit.saga.length - commit.records.count
            var saga: Saga?
            if kept == 0, case .started(let started)? = commit.records.first {
                saga = Saga(started: started, at: commit.at)
                for record in commit.records.dropFirst() { saga?.apply(record, at: commit.at) }
            } else if let before = sagas[kept] {
                saga = before
                for record in commit.records { saga?.apply(record, at: commit.at) }
            }
            sagas = sagas.filter { $0.key <= kept }
            sagas[commit.saga.length] = commit.saga
            known[commit.saga.id] = sagas
            if let saga, saga != commit.saga {
                found.append(
                    "\(commit.saga.id): the commit of \(commit.records.map(\.brief).joined(separator: ", ")) does not fold to its saga"
                )
            }
        }
        return found
    }

    /// Records that cannot follow on those before them.
    private func gaps(in kept: Kept) -> [String] {
        var legs: [StepDirection: LegCount] = [:]
        var found: [String] = []
        var attempt: (step: Int, direction: Direction)?
        var isUndoing = false
        var hasEnded = false
        var state = ""
        for (place, (_, record)) in kept.records.enumerated() {
            func complain(_ what: String) { found.append("record \(place + 1) (\(record.brief)): \(what)") }
            if hasEnded {
                switch record {
                case .late, .calledBack: break
                default: complain("after the end")
                }
            }
            switch record {
            case .started: if place > 0 { complain("a second start") }
            case .entered(let name):
                if attempt != nil { complain("a call is in flight") }
                state = name
            case .stepArmed(let armed, _, _, _): if armed != state || isUndoing { complain("not in that state") }
            case .attempted(let step, let direction, let number, _):
                if attempt != nil { complain("a call is in flight") }
                let of = StepDirection(step: step, direction: direction)
                if let wrong = legs[of, default: LegCount()].begin(number) { complain(wrong) }
                attempt = (step, direction)
            case .unanswered(let tries):
                let isBrought = isBrought(record, kept.saga)
                let isInFlight = attempt?.step == tries.step && attempt?.direction == tries.direction
                if !isInFlight, attempt != nil || !isBrought { complain("no such call is in flight") }
                let of = StepDirection(step: tries.step, direction: tries.direction)
                if let wrong = legs[of, default: LegCount()].end(tries, isBrought: isBrought) { complain(wrong) }
                attempt = nil
            case .succeeded(let step, let direction, _), .refused(let step, let direction, _, _):
                let isInFlight = attempt?.step == step && attempt?.direction == direction
                if !isInFlight, !kept.records[place - 1].record.leads(to: record) {
                    complain("no such call is in flight")
                }
                if attempt?.step == step { attempt = nil }
                legs[StepDirection(step: step, direction: direction)]?.settle()
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

/// The attempts of a step in one direction, as a history tells them.
private struct LegCount {
    /// Up to the newest record of tries.
    private var before = 0
    private var begun = 0
    private var isPromised = false
    private var asks = false

    /// What is wrong with the number of an attempt.
    mutating func begin(_ number: Int) -> String? {
        begun = number
        return number == before + 1 || asks && number == before ? nil : "it is number \(before + 1)"
    }

    /// A no may be followed by another attempt, when an operator says so.
    mutating func settle() {
        before = max(before, begun)
    }

    /// What is wrong with the number of attempts that tries tell; questions are none, nor is what is brought.
    mutating func end(_ tries: Tries, isBrought: Bool) -> String? {
        isPromised = isPromised || isBrought
        if tries.kind == .pending {
            isPromised = true
            asks = tries.location != nil
        }
        defer { before = tries.attempts }
        let made = tries.kind == .held ? 0 : tries.count
        if isPromised ? tries.attempts < before || tries.attempts > before + made : tries.attempts != before + made {
            return "\(made) after \(before) attempts are \(tries.attempts)"
        }
        if tries.kind == .overdue { asks = false }
        return nil
    }
}

extension Evidence.Kept {
    /// Whether what is kept goes on from a saga whose last tries were written over by later ones that ended alike.
    func standsFor(_ saga: Saga) -> Bool {
        guard let tail = saga.tail, records.indices.contains(tail.before),
            case .unanswered(let tries) = records[tail.before].record, tries.step == tail.tries.step,
            tries.direction == tail.tries.direction
        else { return false }
        return tries.token >= tail.tries.token && tries.attempts >= tail.tries.attempts
    }
}

extension Record {
    /// Whether the outcome `next` follows from this record, as there is no call in flight that it is the outcome of: a late answer
    /// settles, an operator does, and a call that reached nobody is given up.
    func leads(to next: Record) -> Bool {
        switch (self, next) {
        case (.late(let late), .succeeded(let step, let direction, _)):
            late.of == StepDirection(step: step, direction: direction) && late.outcome == "succeeded"
        case (.calledBack(let back), .succeeded(let step, let direction, _)):
            back.of == StepDirection(step: step, direction: direction) && back.outcome == "succeeded"
        case (.calledBack(let back), .refused(let step, let direction, _, _)):
            back.of == StepDirection(step: step, direction: direction) && back.outcome == "refused"
        case (.operated(let act), .succeeded(let step, _, _)), (.operated(let act), .refused(let step, .forward, _, _)):
            if case .settle(step, _) = act.kind { true } else { false }
        case (.unanswered(let tries), .refused(let step, .forward, "unreachable", _)):
            tries.step == step && tries.direction == .forward && tries.kind == .unreached
        default: false
        }
    }
}
