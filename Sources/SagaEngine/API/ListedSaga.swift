public import SagaCore
import SagaStore

/// A saga in a list.
public struct ListedSaga: Sendable {
    /// Which one.
    public var id: SagaID
    /// As ``Saga/serial``.
    public var serial: Int64?
    /// Its state; of an ended saga the final one.
    public var state: String
    public var status: Status
    /// When it has something to do by itself; `nil` with a call in flight, and when it only waits for others or has ended.
    public var due: Instant?
    /// All else that lists show of it.
    public var summary: SagaSummary

    init(_ row: SagaRow, _ summary: SagaSummary) {
        id = row.id
        serial = row.serial
        state = row.state
        status = row.status
        due = row.due.flatMap { due in
            due == SagaRow.inFlight || due == SagaRow.never ? nil : Instant(milliseconds: due)
        }
        self.summary = summary
    }

    /// One that was folded, as it has no summary that reads.
    init(_ entry: Entry) {
        let masker = Masker(for: entry.saga, in: entry.workflow)
        self.init(entry.row, SagaSummary(of: entry.saga, in: entry.workflow, masker: masker))
        state = entry.saga.state
        status = entry.saga.status
    }
}
