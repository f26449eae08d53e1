import SagaCore

extension Evidence {
    /// Rule 11: compensations run in the reverse order of the intents, each after the one before it is done; in the history, and as
    /// the participants saw them.
    var orderViolations: [String] {
        var found: [String] = []
        // What is fenced off on the way to another state is none of the undoing at the end; what an operator goes on without may
        // still be on its way.
        var outside: Set<String> = []
        for (id, kept) in kept {
            var undone: [Int] = []
            var isUndoing = false
            var open: Int?
            // Keys have numbers of their own, which rise as those of the steps do.
            func key(_ step: Int) -> String { kept.saga?.key(step: step, direction: .forward) ?? "\(id).\(step)" }
            for (_, record) in kept.records {
                switch record {
                case .undoing: isUndoing = true
                case .undoArmed(let step, _, _):
                    guard isUndoing else {
                        outside.insert(key(step))
                        continue
                    }
                    if let last = undone.last, last <= step { found.append("\(id): undoes \(step) after \(last)") }
                    if let open { found.append("\(id): undoes \(step) while \(open) is being undone") }
                    undone.append(step)
                    open = step
                case .succeeded(let step, .compensation, _):
                    if open == step { open = nil }
                case .skipped(let step, .compensation):
                    outside.insert(key(step))
                    if open == step { open = nil }
                default: break
                }
            }
        }
        var last: [Substring: Int] = [:]
        for key in undoOrder where !outside.contains(key) {
            let saga = key.prefix(36)
            guard let step = Int(key.dropFirst(37)) else { continue }
            if let before = last[saga], before <= step { found.append("\(saga): \(step) was undone after \(before)") }
            last[saga] = step
        }
        return found
    }
}
