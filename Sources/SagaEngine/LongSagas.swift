import SagaCore
import SagaStore
import Synchronization

/// Sagas with long histories as they were folded last: a list that shows one folds it once for each change, and not each time it is
/// asked for. Bounded by the records that they have together, and by their bytes.
final class LongSagas: Sendable {
    private struct Kept {
        var entries: [Int64: Entry] = [:]
        /// In the order in which they were kept.
        var order: [Int64] = []
        var records = 0
        var bytes = 0
    }

    /// Shorter ones are folded faster than they are looked for.
    static let lengthMin = 1_000
    /// Records of all together.
    static let recordsMax = 400_000
    /// Bytes of all together; one that is larger is not kept.
    static let bytesMax = 32 << 20

    private let kept = Mutex(Kept())

    /// The saga as of that row, or `nil`.
    func find(_ row: SagaRow) -> Entry? {
        kept.withLock { kept in
            guard let entry = kept.entries[row.id.number], entry.row == row else { return nil }
            return entry
        }
    }

    func keep(_ entry: Entry) {
        guard entry.saga.length >= Self.lengthMin else { return }
        let weight = entry.saga.weight
        guard weight <= Self.bytesMax else { return }
        kept.withLock { kept in
            let number = entry.row.id.number
            if let old = kept.entries.updateValue(entry, forKey: number) {
                kept.records -= old.saga.length
                kept.bytes -= old.saga.weight
            } else {
                kept.order.append(number)
            }
            kept.records += entry.saga.length
            kept.bytes += weight
            while kept.records > Self.recordsMax || kept.bytes > Self.bytesMax, kept.order.count > 1 {
                let gone = kept.entries.removeValue(forKey: kept.order.removeFirst())
                kept.records -= gone?.saga.length ?? 0
                kept.bytes -= gone?.saga.weight ?? 0
            }
        }
    }
}
