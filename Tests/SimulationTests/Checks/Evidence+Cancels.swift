import SagaCore

@testable import SagaEngine

extension Evidence {
    /// Rules 14 and 16-19: after an accepted cancel nothing is done that was not begun, and it never ends well; nothing stops what is
    /// being undone; and after the pivot nothing is undone.
    var cancelViolations: [String] {
        var found: [String] = []
        for (id, kept) in kept {
            var isCancelled = false
            var isUndoing = false
            var pivot: Int?
            var isPastPivot = false
            for (place, (_, record)) in kept.records.enumerated() {
                switch record {
                case .cancelRequested(let cancel): isCancelled = isCancelled || cancel.verdict == .accepted
                case .succeeded(let step, .forward, _), .skipped(let step, .forward):
                    isPastPivot = isPastPivot || step == pivot
                case .undoing where isPastPivot:
                    found.append("\(id): record \(place + 1): the pivot has succeeded, and it is being undone")
                case .stepArmed(_, _, _, let traits) where !isCancelled:
                    if traits.contains(.pivot) { pivot = place + 1 }
                case .stepArmed:
                    found.append("\(id): record \(place + 1): a new step after the cancel")
                case .ended(_, let status) where isCancelled && status == .succeeded:
                    found.append("\(id): was cancelled, and ended as \(status.name)")
                case .undoing: isUndoing = true
                case .entered where isUndoing, .attempted(_, .forward, _, _) where isUndoing:
                    found.append("\(id): record \(place + 1): forward while it is being undone")
                default: break
                }
            }
        }
        for told in told {
            guard case .success(.saga(let handled)) = told.result, case .answer(.cancel(let answer)) = handled.verdict,
                answer == .accepted || answer == .already, let saga = kept[handled.entry.saga.id]?.saga,
                saga.end == .succeeded
            else { continue }
            found.append("\(saga.id): a cancel was answered \(answer), and it succeeded")
        }
        return found
    }
}
