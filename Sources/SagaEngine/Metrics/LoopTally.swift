import SagaCore
import SagaStore
import Synchronization

/// What the loop's commits come to. The loop counts under one lock for a batch, which nobody else holds but for a copy that allocates outside
/// of what the loop goes on to use.
final class LoopTally: Sendable {
    /// Live sagas that are counted together.
    struct Group: Hashable, Sendable {
        /// The row of a workflow's version.
        var workflow: Int64
        var status: Status
        var state: String

        init(workflow: Int64, status: Status, state: String) {
            self.workflow = workflow
            self.status = status
            self.state = state
        }

        init(_ row: SagaRow) { self.init(workflow: row.workflow, status: row.status, state: row.state) }
    }

    /// Nanoseconds of a commit.
    struct Times {
        /// From the first row on.
        var all: Int64
        /// Of SQLite's COMMIT, which is the sync of the log.
        var sync: Int64
    }

    struct Values: Sendable {
        var workflows = Bounded<String, EngineMetrics.Sagas>(most: EngineMetrics.workflowsMax)
        var stuck = Bounded<EngineMetrics.Trouble, Int>(most: EngineMetrics.troublesMax)
        /// `nil` until somebody has counted, and when it is not known to be right any more.
        var live: [Group: Int]?
        var commit = Histogram(.commit)
        var sync = Histogram(.commit)
        var orders = Histogram(.orders)
        var lateness = Histogram(.lateness)
    }

    private let values = Mutex(Values())

    /// A copy.
    var current: Values {
        values.withLock { values in
            var copy = values
            copy.workflows = values.workflows.separate
            copy.stuck = values.stuck.separate
            copy.live = values.live.map { live in Dictionary(uniqueKeysWithValues: live.map { ($0.key, $0.value) }) }
            return copy
        }
    }

    /// The live sagas as the store has them, between two commits.
    func counted(_ groups: [Group: Int]) { values.withLock { $0.live = groups } }

    /// - Parameter times: `nil` when nothing was written.
    func committed(_ batch: Batch, orders: Int, _ times: Times?) {
        values.withLock { values in
            if let times {
                values.commit.add(nanoseconds: times.all)
                values.sync.add(nanoseconds: times.sync)
                values.orders.add(Double(orders))
            }
            for change in batch.done.changes { values.count(change) }
            values.move(batch)
        }
    }
}

extension LoopTally.Values {
    fileprivate mutating func count(_ change: CommittedChange) {
        for record in change.records {
            switch record {
            case .started: workflows.change(change.saga.workflow, new: .init()) { $0.started += 1 }
            case .ended(_, let status): workflows.change(change.saga.workflow, new: .init()) { $0.ended(status) }
            case .late(let late) where late.contradiction != nil:
                workflows.change(change.saga.workflow, new: .init()) { $0.alarms += 1 }
            case .stuck(let reason, _):
                stuck.change(.init(workflow: change.saga.workflow, code: reason.code.rawValue), new: 0) { $0 += 1 }
            case .timerFired(_, let late): lateness.add(Double(late) / 1_000)
            default: break
            }
        }
    }

    /// Each changed saga goes from the group where it was to that where it is.
    fileprivate mutating func move(_ batch: Batch) {
        guard live != nil else { return }
        // Which group it was in is not known of a saga whose row does not read: all are counted anew.
        if batch.putsAside {
            live = nil
            return
        }
        for number in batch.done.order {
            guard let after = batch.done.sagas[number]?.row else { continue }
            let before = batch.done.new.contains(number) ? nil : batch.rowBefore(number)
            if before == nil, !batch.done.new.contains(number) {
                live = nil
                return
            }
            if let before, before.status == after.status, before.state == after.state,
                before.workflow == after.workflow
            {
                continue
            }
            if let before { add(-1, .init(before)) }
            add(1, .init(after))
        }
    }

    private mutating func add(_ count: Int, _ group: LoopTally.Group) {
        guard !group.status.isEnded else { return }
        let sum = (live?[group] ?? 0) + count
        // Groups come and go with workflows: none stays without sagas.
        live?[group] = sum == 0 ? nil : sum
    }
}
