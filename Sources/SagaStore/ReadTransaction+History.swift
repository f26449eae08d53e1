internal import Foundation
internal import GRDB
internal import SagaCore

extension ReadTransaction {
    /// A saga's history, oldest first.
    /// - Throws: ``StoreError`` `unreadable` when a row is missing or a seal is broken.
    public func history(of saga: SagaRow) throws -> [HistoryRow] { try history(of: saga) { _ in } }

    /// - Parameter keep: given the tail that the next input is packed behind.
    func history(of saga: SagaRow, keep: (Tail) -> Void) throws -> [HistoryRow] {
        var rows: [HistoryRow] = []
        try eachHistoryRow(of: saga, keep: keep) { row in
            rows.append(row)
            return true
        }
        return rows
    }

    /// The inputs of a saga's history, oldest first, one at a time.
    /// - Parameter body: says whether it wants another.
    /// - Throws: as ``history(of:)``, and what `body` throws.
    public func eachHistoryRow(of saga: SagaRow, _ body: (HistoryRow) throws -> Bool) throws {
        try eachHistoryRow(of: saga, keep: { _ in }, body)
    }

    private func eachHistoryRow(
        of saga: SagaRow, keep: (Tail) -> Void, _ body: (HistoryRow) throws -> Bool
    ) throws {
        let number = saga.id.number
        var walk = HistoryWalk(saga)
        let rows = try Row.fetchCursor(
            db.cachedStatement(sql: "SELECT n, at, records FROM history WHERE saga = ? AND n <= ? ORDER BY n"),
            arguments: [number, saga.last])
        while let row = try rows.next() {
            guard let n = row.integer(0), walk.canBegin(at: n) else { break }
            if try !walk.go(to: n, body) { return }
            walk.held = try tail(row.integer(1), row.blob(2), first: n, of: saga)
        }
        let newest = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT first, at, tail FROM saga WHERE number = ? AND tail IS NOT NULL"),
            arguments: [number])
        if let newest, let first = newest.integer(0), first <= saga.last, walk.canBegin(at: first) {
            if try !walk.go(to: first, body) { return }
            let tail = try tail(newest.integer(1), newest.blob(2), first: first, of: saga)
            if tail.next == saga.last &+ 1 { keep(tail) }
            walk.held = tail
        }
        if try !walk.go(to: saga.last &+ 1, body) { return }
        guard walk.next > saga.last else { throw walk.broken("is missing") }
    }

    private func tail(
        _ at: Int64?, _ sealed: Data?, first: Int64, of saga: SagaRow
    ) throws -> Tail {
        func broken(_ what: String) -> StoreError {
            StoreError(.unreadable, "history row \(first) of saga \(saga.id)\(what)")
        }
        guard let at, let sealed else { throw broken(" holds values of other types") }
        do {
            let place = SealPlace.history(saga: saga.id.number, n: first, at: at)
            let opened = try seals.open(sealed, at: place, of: saga.id, db)
            return try Tail(opened.packed, of: saga.id.number, id: saga.id, by: opened.phrases, first: first)
        } catch let error as KeyRing.Broken {
            throw broken(": \(error.message)")
        } catch is BrokenPack {
            throw broken(": what is packed in it is damaged")
        }
    }
}

/// The way along a history: a row's inputs count up to where the next row begins.
private struct HistoryWalk {
    private let saga: SagaRow
    /// The row that is gone along.
    var held: Tail?
    /// The number of the input that comes next.
    private(set) var next: Int64 = 1

    init(_ saga: SagaRow) {
        self.saga = saga
    }

    /// Whether a row that begins so follows: with no input missing before it.
    func canBegin(at n: Int64) -> Bool {
        guard let held else { return n == 1 }
        return n > held.first && n <= held.next
    }

    /// Goes along the held row, up to where another begins.
    /// - Returns: whether more is wanted.
    mutating func go(to end: Int64, _ body: (HistoryRow) throws -> Bool) throws -> Bool {
        guard let held else { return true }
        while next < min(end, held.next) {
            let index = Int(next - held.first)
            let bytes = Array(held.records(index))
            let records: [SagaCore.Record]
            do throws(BrokenRecord) {
                records = try RecordCodec.records(bytes)
            } catch {
                throw broken(": \(error)")
            }
            let row = HistoryRow(
                n: next, at: Instant(milliseconds: held.inputs[index].at), records: records, bytes: bytes.count)
            next += 1
            if try !body(row) { return false }
        }
        return true
    }

    func broken(_ what: String) -> StoreError {
        StoreError(
            .unreadable, "history row \(next) of saga \(saga.id)\(what.hasPrefix(":") ? "" : " ")\(what)")
    }
}
