import CEL
import SagaCore
import SagaStore

/// Histories of the sagas that a stretch of a feed tells of: each is gone along once for all that is wanted of it, as far as that is few bytes.
struct FeedHistories {
    /// What an input is by now.
    enum Found {
        /// - Parameters:
        ///   - first: the number of its first record.
        ///   - input: what the saga was started with.
        case there(SagaRow, HistoryRow, first: Int, input: Value)
        /// Its saga was taken away.
        case gone
        /// It was written again, or is in a row before it: that is told at a later place.
        case superseded
        case unreadable(SagaID, String)
    }

    private struct Known {
        var row: SagaRow
        var input: Value
        var rows: [Int64: (first: Int, row: HistoryRow)]
        /// Up to here they were looked for.
        var until: Int64
    }

    private var wanted: [Int64: Set<Int64>] = [:]
    private var known: [Int64: Known] = [:]
    private var maskers: [Int64: Masker] = [:]
    private var bytes = 0

    /// More is not kept beside the page.
    private static let bytesMax = 1 << 20

    /// Forgets what was known: another stretch begins.
    mutating func want(_ items: [FeedStretch.Item]) {
        (wanted, known, maskers, bytes) = ([:], [:], [:], 0)
        for item in items { wanted[item.saga, default: []].insert(item.n) }
    }

    mutating func find(_ item: FeedStretch.Item, _ reading: borrowing ReadTransaction) throws -> Found {
        if known[item.saga].map({ $0.until < item.n }) ?? true {
            guard let row = try reading.saga(number: item.saga) else { return .gone }
            do {
                try know(row, from: item.n, reading)
            } catch let error as StoreError where error.code == .unreadable {
                return .unreadable(row.id, error.message)
            }
        }
        guard let known = known[item.saga], let (first, row) = known.rows[item.n], row.at == item.at else {
            return .superseded
        }
        return .there(known.row, row, first: first, input: known.input)
    }

    mutating func masker(_ row: SagaRow, _ input: Value, _ workflow: Workflow) -> Masker {
        if let masker = maskers[row.id.number] { return masker }
        let masker = Masker(secrets: workflow.input?.secrets(in: input) ?? [])
        maskers[row.id.number] = masker
        return masker
    }

    /// Goes along a history as far as it is wanted.
    private mutating func know(_ row: SagaRow, from n: Int64, _ reading: borrowing ReadTransaction) throws {
        let wanted = wanted[row.id.number] ?? []
        let last = wanted.max() ?? n
        var found = Known(row: row, input: .null, rows: [:], until: last)
        var number = 1
        var bytes = bytes
        try reading.eachHistoryRow(of: row) { stored in
            if case .started(let started)? = stored.records.first { found.input = started.input.value }
            if stored.n >= n, wanted.contains(stored.n) {
                found.rows[stored.n] = (number, stored)
                bytes += stored.bytes
            }
            number += stored.records.count
            if bytes > Self.bytesMax, stored.n >= n {
                found.until = stored.n
                return false
            }
            return stored.n < last
        }
        self.bytes = bytes
        known[row.id.number] = found
    }
}
