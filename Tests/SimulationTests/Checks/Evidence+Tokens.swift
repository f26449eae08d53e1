import CEL
import SagaCore
import SagaEngine

extension Evidence {
    /// Rules 1, 3 and 4: each call left once, with the token, key and request of a kept intent; and only an outcome of the attempt in
    /// flight was taken for it.
    var tokenViolations: [String] {
        var found = stale
        var tokens: Set<String> = []
        let intents = intents
        for call in sent.map(\.call) {
            if !tokens.insert("\(call.saga) \(call.token)").inserted {
                found.append("\(call.saga): token \(call.token) left twice")
            }
            if let wrong = mismatch(call, intents) { found.append("\(call.saga): call #\(call.token): \(wrong)") }
        }
        let outcomes = Dictionary(grouping: delivered) { "\($0.saga) \($0.token)" }
        for (id, kept) in kept {
            var token: Int?
            for (place, (_, record)) in kept.records.enumerated() {
                switch record {
                case .attempted(_, _, _, let number): token = number
                case .succeeded, .refused, .unanswered:
                    if case .unanswered(let tries) = record { token = tries.token }
                    let came = outcomes["\(id) \(token ?? 0)"] ?? []
                    let isExplained =
                        record.isRecovery || kept.records[place - 1].record.leads(to: record)
                        || isBrought(record, kept.saga)
                    if !isExplained, !came.contains(where: { record.tells($0.outcome) }) {
                        found.append("\(id): record \(place + 1) (\(record.brief)) is no outcome of #\(token ?? 0)")
                    }
                    token = nil
                case .undoArmed, .skipped, .ended: token = nil
                case .calledBack(let back):
                    if !isBrought(back.of, kept.saga, named: back.outcome) {
                        found.append("\(id): record \(place + 1) (\(record.brief)): nobody has brought that")
                    }
                case .late(let late):
                    if late.token == token { found.append("\(id): the outcome of #\(late.token) was not taken") }
                    if outcomes["\(id) \(late.token)"] == nil {
                        found.append("\(id): nobody sent the outcome of #\(late.token)")
                    }
                default: break
                }
            }
        }
        return found
    }

    /// Whether tries are told of by the participant itself, or of an answer that nobody has brought in its time.
    func isBrought(_ record: Record, _ saga: Saga?) -> Bool {
        guard case .unanswered(let tries) = record else { return false }
        if tries.message == "nobody has brought the answer" { return true }
        let of = StepDirection(step: tries.step, direction: tries.direction)
        return ["unknown", "pending"].contains { isBrought(of, saga, named: $0) }
    }

    private func isBrought(_ of: StepDirection, _ saga: Saga?, named outcome: String) -> Bool {
        guard let key = saga?.key(step: of.step, direction: of.direction) else { return false }
        return asked.contains { asked in
            if case .bring(let brought) = asked.command.ask {
                brought.key == key && brought.sent.outcome.name == outcome
            } else {
                false
            }
        }
    }

    private struct Intent {
        var of: StepDirection
        var number: Int
    }

    /// Those that were committed, by saga and token; also such as a later record of tries stands for by now.
    private var intents: [String: Intent] {
        var intents: [String: Intent] = [:]
        func add(_ records: [Record], of id: SagaID) {
            for case .attempted(let step, let direction, let number, let token) in records {
                intents["\(id) \(token)"] = Intent(of: StepDirection(step: step, direction: direction), number: number)
            }
        }
        for commit in commits { add(commit.records, of: commit.saga.id) }
        for (id, kept) in kept { add(kept.records.map(\.record), of: id) }
        return intents
    }

    private func mismatch(_ call: Call, _ intents: [String: Intent]) -> String? {
        guard let kept = kept[call.saga], let saga = kept.saga else { return "no intent is kept" }
        let (step, direction) = (call.step, call.direction)
        if let intent = intents["\(call.saga) \(call.token)"] {
            guard intent.of == StepDirection(step: step, direction: direction), intent.number == call.number else {
                return "another attempt is kept"
            }
        } else {
            let isToldByTries = kept.records.contains {
                if case .unanswered(let tries) = $0.record {
                    tries.step == step && tries.direction == direction && tries.token >= call.token
                } else {
                    false
                }
            }
            if !isToldByTries { return "no intent is kept" }
        }
        guard call.key == saga.key(step: step, direction: direction) else { return "its key is '\(call.key)'" }
        let forward = saga.key(step: step, direction: .forward)
        guard call.compensates == (direction == .forward ? nil : forward) else { return "it undoes another key" }
        let request = kept.records.lazy.compactMap { _, record -> [UInt8]? in
            switch record {
            case .undoArmed(step, _, let request): direction == .compensation ? request.bytes : nil
            default: nil
            }
        }.last
        guard call.request == (request ?? saga.steps.first { $0.number == step }?.request.bytes) else {
            return "its request is another"
        }
        return nil
    }
}

extension Record {
    /// Whether it keeps that outcome.
    fileprivate func tells(_ outcome: Outcome) -> Bool {
        switch (self, outcome) {
        case (.succeeded(_, _, let kept), .succeeded(let result)): kept == result
        case (.refused(_, _, let kept, _), .refused(let code, _, _, _)): kept == code
        case (.unanswered, .held), (.unanswered, .forgotten): true  // the tries before stay as they were
        case (.unanswered(let tries), _):
            switch (tries.kind, outcome) {
            case (.unreached, .unreached), (.unreached, .refused), (.unreached, .unknown), (.unknown, .unknown),
                (.unknown, .pending), (.pending, .pending), (.unrecognised, .refused):
                true
            // What did nothing is counted with what was there before it.
            case (.unknown, .unreached), (.pending, .unreached), (.pending, .unknown): tries.count > 1
            case (.overdue, .succeeded): false
            case (.overdue, _): true
            default: false
            }
        default: false
        }
    }

    /// What a new process makes of a call that was in flight when the last one ended.
    fileprivate var isRecovery: Bool {
        if case .unanswered(let tries) = self { tries.message.hasPrefix("the daemon ended") } else { false }
    }
}
