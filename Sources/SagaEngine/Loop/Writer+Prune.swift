import SagaCore
import SagaStore

/// One small step of retention.
struct PruneStep: Sendable {
    var pruned = Pruned()
    /// The number that the next step begins behind; `nil` when all that may be over has been looked at.
    var next: Int64?
}

extension Writer {
    /// Sagas that one step looks at.
    static let prunedAtOnce = 32

    /// Takes away what is over among the next ended sagas; then jobs, then pages that nobody needs.
    func prune(_ retention: Retention, after: Int64, at now: Instant) throws(StoreError) -> PruneStep {
        var step = PruneStep()
        if let shortest = retention.shortest {
            // What was started later cannot have ended so long ago; and the newest saga stays.
            let below = min(SagaID.firstNumber(at: (now + -shortest + 1).milliseconds), lastNumber)
            var gone: [Int64] = []
            step.next = try store.write { transaction throws in
                let rows = try transaction.reading.ended(after: after, below: below, limit: Self.prunedAtOnce)
                let last = try transaction.reading.lastHistoryRow()
                for row in rows where row.last != last {
                    if try prune(row, retention, transaction, now) { gone.append(row.id.number) }
                }
                return rows.count < Self.prunedAtOnce ? nil : rows.last?.id.number
            }
            for number in gone { forget(number) }
            step.pruned.sagas = gone.count
        }
        if step.next == nil, let time = retention.jobs {
            let gone = try store.write { try $0.deleteJob(endedBefore: now + -time) }
            step.pruned.jobs = gone == true ? 1 : 0
            if gone != nil { step.next = .max }
        }
        if step.next == nil {
            step.pruned.pages = try store.giveBack()
            if step.pruned.pages > 0 { step.next = .max }
        }
        return step
    }

    private func prune(
        _ row: SagaRow, _ retention: Retention, _ transaction: borrowing WriteTransaction, _ now: Instant
    ) throws -> Bool {
        guard let shortest = retention.shortest, let at = try transaction.reading.time(ofHistoryRow: row.last),
            now - at >= shortest
        else { return false }
        let entry: Entry
        do {
            entry = try find(row.id.number) ?? Entry(row: row, workflows: workflows, transaction.reading)
        } catch is EngineError {
            // One that does not read stays: nobody knows what it left.
            return false
        }
        guard let time = retention.time(for: entry.saga), now - at >= time else {
            return false
        }
        try transaction.delete(row, tags: entry.tags)
        return true
    }
}
