import SagaCore

@testable import SagaEngine

extension Evidence {
    /// Rules 14 and 17-19: after an accepted cancel nothing is done that was not begun, and the end is `cancelled`; nothing stops
    /// what is being undone.
    var cancelViolations: [String] {
        var found: [String] = []
        for (id, kept) in kept {
            var isCancelled = false
            var isUndoing = false
            for (place, (_, record)) in kept.records.enumerated() {
                switch record {
                case .cancelRequested(let cancel): isCancelled = isCancelled || cancel.verdict == .accepted
                case .stepArmed where isCancelled:
                    found.append("\(id): record \(place + 1): a new step after the cancel")
                case .ended(_, let status) where isCancelled && status != .cancelled:
                    found.append("\(id): was cancelled, and ended as \(status.name)")
                case .undoing: isUndoing = true
                case .entered where isUndoing, .attempted(_, .forward, _) where isUndoing:
                    found.append("\(id): record \(place + 1): forward while it is being undone")
                default: break
                }
            }
        }
        for told in told {
            guard case .success(let handled) = told.result, case .answer(.cancel(let answer)) = handled.verdict,
                answer == .accepted || answer == .already, let saga = kept[handled.entry.saga.id]?.saga,
                let end = saga.end, end != .cancelled
            else { continue }
            found.append("\(saga.id): a cancel was answered \(answer), and it ended as \(end.name)")
        }
        return found
    }
}
