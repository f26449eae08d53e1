import SagaCore
import SagaStore

extension Writer {
    /// Lets the history of every live saga of a restored store say so, before anything else is decided. A crash in the middle is no harm:
    /// who has been told is not told again.
    func tellRestored(at now: Instant) throws(StoreError) {
        guard let note = try store.restoreNote(), !note.isTold else { return }
        var before = Int64.max
        while true {
            let rows = try store.read { try $0.sagas(unended: .only, before: before, limit: Self.restoredAtOnce) }
            guard let last = rows.last else { break }
            before = last.id.number
            // One that does not read is put aside, as ever, and told so when it is looked at.
            _ = try commit(
                rows.map { Posted(ask: .tell(.number($0.id.number), .restored(asOf: note.asOf))) }, at: now)
        }
        try store.write { try $0.restoreIsTold() }
    }

    private static let restoredAtOnce = 256
}
