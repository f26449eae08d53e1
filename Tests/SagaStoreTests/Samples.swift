import SagaCore
import Testing

@testable import SagaStore

enum Sample {
    /// 2026-01-01T00:00:00Z.
    static let start = Instant(milliseconds: 1_767_225_600_000)

    /// The id of a saga that was started so many milliseconds after ``start``.
    static func id(_ offset: Int, counter: UInt16 = 0, random: UInt64 = 7) -> SagaID {
        SagaID(milliseconds: start.milliseconds + Int64(offset), counter: counter, random: random)
    }

    static func records(_ state: String) -> [UInt8] { RecordCodec.bytes([.entered(state: state)]) }
}

extension SagaStore {
    /// Opens a store where each input is a row of `history`, as those are that are too large to lie together.
    static func open(singlyAt path: String) throws(StoreError) -> SagaStore {
        try open(at: path, movement: nil, tails: Tails(tailBytesMax: 0))
    }

    /// Inserts a saga with one history row.
    @discardableResult
    func add(
        _ id: SagaID, workflow: Int64 = 1, status: Status = .waiting, state: String = "Reserved",
        due: Int64? = SagaRow.never, tags: [SagaCore.Tag] = []
    ) throws(StoreError) -> SagaRow {
        try write { transaction throws in
            let row = SagaRow(id: id, workflow: workflow, status: status, state: state, due: due, last: 1)
            try transaction.insert(row)
            try transaction.append(Sample.records(state), saga: id.number, n: 1, at: Sample.start)
            for tag in tags { try transaction.add(tag: tag, to: id.number) }
            return row
        }
    }

    /// Appends a history row and points the saga at it.
    @discardableResult
    func go(_ row: SagaRow, to state: String) throws(StoreError) -> SagaRow {
        try write { transaction throws in
            var row = row
            row.last += 1
            try transaction.append(Sample.records(state), saga: row.id.number, n: row.last, at: Sample.start)
            row.state = state
            try transaction.update(row)
            return row
        }
    }

    func states(of row: SagaRow) throws(StoreError) -> [String] {
        try read { reading throws in
            try reading.history(of: row).flatMap(\.records).map { record in
                if case .entered(let state) = record { state } else { record.name }
            }
        }
    }

    var count: Int { get throws { try read { try $0.sagas(limit: 10_000).count } } }
}

/// The error that opening gave; an issue when it opened.
func failure(opening path: String) -> StoreError? {
    do throws(StoreError) {
        let store = try SagaStore.open(at: path)
        store.close()
        Issue.record("\(path) opened")
        return nil
    } catch {
        return error
    }
}

/// The error of some work; an issue when there is none.
func failure<T>(_ work: () throws(StoreError) -> T) -> StoreError? {
    do throws(StoreError) {
        _ = try work()
        Issue.record("it did not fail")
        return nil
    } catch {
        return error
    }
}
