import CEL
import SagaCore
import Synchronization
import Testing

@testable import SagaEngine

/// What never happens in a run is not proven by it.
struct CoverageTests {
    @Test func `the seeds reach every record, end, verdict and reason to be stuck`() async {
        let counts = Mutex<[String: Int]>([:])
        await onThreads(10) { chunk in
            for seed in 1...50 as ClosedRange<UInt64> {
                let evidence = try? Simulation(Plan(seed: UInt64(chunk) * 50 + seed)).run()
                let marks = Set(evidence?.marks ?? ["no evidence"])
                counts.withLock { counts in for mark in marks { counts[mark, default: 0] += 1 } }
            }
        }
        let seen = counts.withLock { $0 }
        #expect(seen["no evidence"] == nil)
        let missing = Self.wanted.filter { seen[$0, default: 0] < 3 }
        let rare = missing.map { "\($0): \(seen[$0, default: 0])" }
        #expect(missing.isEmpty, "\(rare.joined(separator: ", "))")
    }

    private static let wanted = [
        "started", "entered", "timer-set", "timer-fired", "step-armed", "attempted", "succeeded", "refused",
        "unanswered",
        "retry-set", "disarmed", "vars-set", "signalled", "signal-taken", "leaving", "cancel-requested", "undoing",
        "undo-armed", "late", "called-back", "stuck", "ended", "held", "stayed", "skipped", "operated",
        "ended succeeded",
        "ended cancelled", "ended terminated", "stuck unknown", "stuck compensation-exhausted",
        "stuck unrecognised", "stuck compensation-unknown", "stuck history-limit", "tries held", "tries pending",
        "tries unrecognised",
        "tries overdue", "tries unreached", "tries unknown", "tries alike", "freed", "alarm", "fenced",
        "past the pivot", "a second life", "recovered", "late settles", "busy", "store", "gave up waiting",
        "cancel accepted", "cancel deferred", "cancel already", "cancel too-late", "signal handled", "signal deferred",
        "signal refused", "signal kept", "signal handed over", "signal stayed",
    ]
}

extension Evidence {
    /// Words for what happened in a run.
    fileprivate var marks: [String] {
        var marks: [String] = []
        for kept in kept.values {
            marks += kept.records.map(\.record.name)
            for (at, next) in zip(kept.records, kept.records.dropFirst()) {
                if case .late = at.record, case .succeeded = next.record { marks.append("late settles") }
            }
            for case .stuck(let reason, _) in kept.records.map(\.record) {
                marks.append("stuck \(reason.code.rawValue)")
            }
            for case .unanswered(let tries) in kept.records.map(\.record) {
                marks.append("tries \(tries.kind.name)")
                if tries.count > 1 { marks.append("tries alike") }
                if tries.message.hasPrefix("the daemon ended") { marks.append("recovered") }
            }
            for case .varsSet(let vars, _) in kept.records.map(\.record) where vars[WorkflowGenerator.noted] != nil {
                marks.append("signal stayed")
            }
            guard let saga = kept.saga else { continue }
            if let end = saga.end { marks.append("ended \(end.name)") }
            if !saga.alarms.isEmpty { marks.append("alarm") }
            if saga.pivot != nil { marks.append("past the pivot") }
        }
        let early = Set(
            asked.compactMap { asked -> String? in
                if case .early(_, _, let id, _) = asked.command.ask { id } else { nil }
            })
        if kept.values.contains(where: { $0.saga?.signals.contains { $0.id.map(early.contains) == true } == true }) {
            marks.append("signal handed over")
        }
        if ledger.values.contains(where: \.isFenced) { marks.append("fenced") }
        if lives > 0 { marks.append("a second life") }
        return marks + told.map(\.result.mark)
    }
}

extension Result<Done, EngineError> {
    fileprivate var mark: String {
        switch self {
        case .success(.kept): "signal kept"
        case .success(.job), .success(.worked): "done"
        case .success(.saga(let handled)):
            switch handled.verdict {
            case .answer(.cancel(let answer)): "cancel \(answer.name)"
            case .answer(.signal(.handled)): "signal handled"
            case .answer(.signal(.deferred)): "signal deferred"
            case .answer(.signal(.refused)): "signal refused"
            default: handled.reached ? "told" : "gave up waiting"
            }
        case .failure(.busy): "busy"
        case .failure(.store): "store"
        case .failure: "failure"
        }
    }
}
