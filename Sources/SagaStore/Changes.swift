public import SagaCore

/// One change of a commit, staged in memory: what it needs is in it, and nothing is read to write it.
public enum Change: Sendable {
    /// The records of one input, as `RecordCodec` gives them; they take the place of what stands at `n`, if anything does.
    /// With the row of the saga, by whose workflow they are packed; without, they are packed by nothing.
    case history(saga: Int64, n: Int64, at: Instant, records: [UInt8], of: SagaRow? = nil)
    /// The history ends at `n`: what stood behind it is in the row there.
    case historyEnds(saga: Int64, n: Int64)
    /// A new saga; its number must be free. With what lists show of it, as `SagaSummary` gives it; empty: nothing.
    case insert(SagaRow, summary: [UInt8] = [])
    case update(SagaRow, summary: [UInt8] = [])
    /// What a saga shows in a view, in place of what it showed; with the row of its workflow, by which it is packed.
    case shown(ViewRow, workflow: Int64 = 0)
    case unshown(view: Int64, saga: Int64)
    /// A live saga whose row or history does not read, so that timers and recovery leave it alone (semantics.md, rule 6).
    case putAside(saga: Int64)
    case tagged(Tag, saga: Int64)
    case untagged(Tag, saga: Int64)
    case unsuspected(saga: Int64)
    /// A signal waits for its saga, under its row's number.
    case kept(EarlySignal)
    case dropped(earlySignal: Int64)
    /// A job under its number, with its sagas in the order of their turns.
    case accepted(JobRow, [SagaID])
    /// A job as it is after the turn of one of its sagas.
    case turned(JobRow, JobSagaRow)
}

extension WriteTransaction {
    /// Writes one staged change.
    public func write(_ change: Change) throws {
        switch change {
        case .history(let saga, let n, let at, let records, let row):
            try append(records, saga: saga, n: n, at: at, of: row)
        case .historyEnds(let saga, let n): try endHistory(of: saga, at: n)
        case .insert(let row, let summary): try insert(row, summary: summary)
        case .update(let row, let summary): try update(row, summary: summary)
        case .shown(let row, let workflow): try put(row, workflow: workflow)
        case .unshown(let view, let saga): try removeRow(ofView: view, saga: saga)
        case .putAside(let saga): try putAside(number: saga)
        case .tagged(let tag, let saga): try add(tag: tag, to: saga)
        case .untagged(let tag, let saga): try remove(tag: tag, from: saga)
        case .unsuspected(let saga): try clearSuspect(saga: saga)
        case .kept(let signal): try keep(signal)
        case .dropped(let row): try drop(earlySignal: row)
        case .accepted(let job, let sagas): try add(job, sagas)
        case .turned(let job, let saga): try turn(job, saga)
        }
    }
}
