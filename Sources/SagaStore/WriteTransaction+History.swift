internal import Foundation
internal import GRDB
public import SagaCore

/// Histories: the newest inputs lie in the saga's row, and what was there before them in rows of `history`. A row that begins at an input
/// takes the place of that input, and of all behind it, in the rows before.
extension WriteTransaction {
    /// Writes the records of one input, as `RecordCodec` gives them, to the `n`th place of a saga's history, counted from 1; they take the
    /// place of what stands there, and of what stood behind it. They are packed behind the inputs before them where these are few and
    /// still in memory, and sealed with them.
    /// - Parameter row: the saga's, by whose workflow they are packed.
    public func append(
        _ records: [UInt8], saga: Int64, n: Int64, at: Instant, of row: SagaRow? = nil
    ) throws {
        let phrases = row.map { seals.book.known($0.workflow) } ?? .none
        let (known, bytesMax) = seals.tails.with { tails in
            tails.log(saga, n, at: at.milliseconds)
            return (tails.find(saga), tails.tailBytesMax)
        }
        if var tail = known, tail.phrases === phrases, (tail.first...tail.next).contains(n) {
            tail.append(records, n: n, at: at.milliseconds)
            if tail.packed.count <= bytesMax, try update(tail) { return stage(tail, of: saga) }
        }
        var tail = Tail(of: saga, id: row?.id, by: phrases, first: n)
        tail.append(records, n: n, at: at.milliseconds)
        // The same seal, as the place is the same.
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO history(saga, n, at, records)
                SELECT number, first, at, tail FROM saga WHERE number = ? AND first < ? AND tail IS NOT NULL
                """
        ).execute(arguments: [saga, n])
        if known?.next != n { try endHistory(of: saga, at: n - 1) }
        if tail.packed.count <= bytesMax, try begin(tail) { return stage(tail, of: saga) }
        try db.cachedStatement(sql: "INSERT OR REPLACE INTO history(saga, n, at, records) VALUES(?, ?, ?, ?)")
            .execute(arguments: [saga, n, tail.at, try sealed(tail)])
        try db.cachedStatement(sql: "UPDATE saga SET first = ?, at = ?, tail = NULL WHERE number = ?")
            .execute(arguments: [n + 1, tail.at, saga])
        stage(nil, of: saga)
    }

    private func stage(_ tail: Tail?, of saga: Int64) { seals.tails.with { $0.stage(tail, of: saga) } }

    /// - Returns: whether there is a saga whose tail it is.
    private func update(_ tail: Tail) throws -> Bool {
        try db.cachedStatement(sql: "UPDATE saga SET at = ?, tail = ? WHERE number = ? AND first = ?")
            .execute(arguments: [tail.at, try sealed(tail), tail.saga, tail.first])
        return db.changesCount > 0
    }

    /// - Returns: whether there is its saga.
    private func begin(_ tail: Tail) throws -> Bool {
        try db.cachedStatement(sql: "UPDATE saga SET first = ?, at = ?, tail = ? WHERE number = ?")
            .execute(arguments: [tail.first, tail.at, try sealed(tail), tail.saga])
        return db.changesCount > 0
    }

    private func sealed(_ tail: Tail) throws -> Data {
        let place = SealPlace.history(saga: tail.saga, n: tail.first, at: tail.at)
        return try seals.seal(packed: tail.packed, at: place, of: tail.id, by: tail.phrases)
    }

    /// Takes away the rows that begin behind the `n`th place of a history: the input there stands for what they said.
    public func endHistory(of saga: Int64, at n: Int64) throws {
        try db.cachedStatement(sql: "DELETE FROM history WHERE saga = ? AND n > ?").execute(arguments: [saga, n])
    }
}
