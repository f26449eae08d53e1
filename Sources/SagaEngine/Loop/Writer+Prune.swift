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
            let below = min(SagaID.firstNumber(at: (now + -shortest + 1).milliseconds), last.saga)
            let (gone, next) = try store.read { reading throws in
                let rows = try reading.ended(after: after, below: below, limit: Self.prunedAtOnce)
                let gone = try rows.compactMap { row throws in
                    try isOver(row, retention, reading, now).map { (row: row, tags: $0) }
                }
                return (gone, rows.count < Self.prunedAtOnce ? nil : rows.last?.id.number)
            }
            if !gone.isEmpty {
                try store.write { transaction throws in
                    for (row, tags) in gone { try transaction.delete(row, tags: tags) }
                }
            }
            for (row, _) in gone { forget(row.id.number) }
            step.next = next
            step.pruned.sagas = gone.count
        }
        if step.next == nil, let longest = retention.longest,
            try store.write({ try $0.forgetCommits(before: now + -longest) }) > 0
        {
            step.next = .max
        }
        if step.next == nil, let time = retention.jobs,
            let job = try store.read({ try $0.oldJob(endedBefore: now + -time) })
        {
            try store.write { try job.hasSagas ? $0.deleteSomeSagas(ofJob: job.id) : $0.delete(job: job.id) }
            step.pruned.jobs = job.hasSagas ? 0 : 1
            step.next = .max
        }
        if step.next == nil {
            step.pruned.pages = try store.giveBack()
            if step.pruned.pages > 0 { step.next = .max }
        }
        return step
    }

    /// The tags of a saga whose time is over; `nil` while it is not.
    private func isOver(
        _ row: SagaRow, _ retention: Retention, _ reading: borrowing ReadTransaction, _ now: Instant
    ) throws -> [Tag]? {
        guard let shortest = retention.shortest, let at = try reading.lastTime(of: row), now - at >= shortest else {
            return nil
        }
        let entry: Entry
        do {
            entry = try find(row.id.number) ?? Entry(row: row, workflows: workflows, reading)
        } catch is EngineError {
            // One that does not read stays: nobody knows what it left.
            return nil
        }
        guard let time = retention.time(for: entry.saga), now - at >= time else { return nil }
        return entry.tags
    }
}
