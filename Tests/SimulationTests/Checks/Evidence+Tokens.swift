import SagaCore

extension Evidence {
    /// Rules 1, 3 and 4: each call left once, with the token, key and request of a kept intent; and only an outcome of the attempt in
    /// flight was taken for it.
    var tokenViolations: [String] {
        var found: [String] = []
        var tokens: Set<String> = []
        for (call, _) in sent.map({ ($0.call, $0.tick) }) {
            if !tokens.insert("\(call.saga) \(call.token)").inserted {
                found.append("\(call.saga): token \(call.token) left twice")
            }
            if let wrong = mismatch(call) { found.append("\(call.saga): call #\(call.token): \(wrong)") }
        }
        let outcomes = Dictionary(grouping: delivered) { "\($0.saga) \($0.token)" }
        for (id, kept) in kept {
            var token: Int?
            for (place, (_, record)) in kept.records.enumerated() {
                switch record {
                case .attempted: token = place + 1
                case .succeeded, .refused, .unanswered:
                    let came = outcomes["\(id) \(token ?? 0)"] ?? []
                    let isExplained = record.isRecovery || kept.records[place - 1].record.leads(to: record)
                    if !isExplained, !came.contains(where: { record.tells($0.outcome) }) {
                        found.append("\(id): record \(place + 1) (\(record.brief)) is no outcome of #\(token ?? 0)")
                    }
                    token = nil
                case .undoArmed, .skipped, .ended: token = nil
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

    private func mismatch(_ call: Call) -> String? {
        guard let kept = kept[call.saga], let saga = kept.saga, kept.records.indices.contains(call.token - 1),
            case .attempted(let step, let direction, let number) = kept.records[call.token - 1].record
        else { return "no intent is kept" }
        guard direction == call.direction, number == call.number else { return "another attempt is kept" }
        guard call.key == saga.key(step: step, direction: direction) else { return "its key is '\(call.key)'" }
        let forward = saga.key(step: step, direction: .forward)
        guard call.compensates == (direction == .forward ? nil : forward) else { return "it undoes another key" }
        let request = kept.records.lazy.compactMap { _, record -> [UInt8]? in
            switch record {
            case .undoArmed(step, _, let request): direction == .compensation ? request : nil
            default: nil
            }
        }.last
        guard call.request == (request ?? saga.steps.first { $0.number == step }?.request) else {
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
        case (.refused(_, _, let kept, _), .refused(let code, _)): kept == code
        case (.refused(_, _, "unreachable", _), .unreached): true
        case (.unanswered(_, _, false, _), .unreached), (.unanswered(_, _, true, _), .unknown): true
        default: false
        }
    }

    /// What a new process makes of a call that was in flight when the last one ended.
    fileprivate var isRecovery: Bool {
        if case .unanswered(_, _, true, let message) = self { message.hasPrefix("the daemon ended") } else { false }
    }
}
