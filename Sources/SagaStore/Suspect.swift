internal import GRDB
public import SagaCore

/// An input at which processes ended.
public struct Suspect: Sendable, Hashable {
    /// The saga's number; 0 for a start.
    public var saga: Int64
    /// The hash of the input.
    public var input: UInt64
    /// How many processes ended at it.
    public var count: Int
    /// What the input was, in words.
    public var words: String
}

extension WriteTransaction {
    /// Counts what a process left behind, once for each process.
    public func suspect(_ found: InputMark.Found, at now: Instant) throws {
        try db.execute(
            sql: """
                INSERT INTO suspect(saga, input, count, process, at, words) VALUES(?, ?, 1, ?, ?, ?)
                ON CONFLICT(saga, input) DO UPDATE SET
                    count = iif(typeof(count) = 'integer', min(max(count, 0), 1000000), 0) + (process <> excluded.process),
                    process = excluded.process, at = excluded.at, words = excluded.words
                """,
            arguments: [
                found.saga, Int64(bitPattern: found.input), Int64(bitPattern: found.process), now.milliseconds,
                found.words,
            ])
    }

    /// Forgets what is known of sagas that have ended, and of starts before that time.
    public func forgetSuspects(startsBefore time: Instant) throws {
        try db.execute(
            sql: """
                DELETE FROM suspect WHERE CASE saga WHEN 0 THEN at < ?
                ELSE NOT EXISTS (SELECT 1 FROM saga AS live WHERE live.number = suspect.saga AND due IS NOT NULL) END
                """, arguments: [time.milliseconds])
    }

    /// Clears a saga of suspicion.
    public func clearSuspect(saga: Int64) throws {
        try db.execute(sql: "DELETE FROM suspect WHERE saga = ?", arguments: [saga])
    }
}

extension ReadTransaction {
    /// Everything at which at least so many processes ended, at most `limit`, the newest first. Rows that do not read are left out: see
    /// ``unreadableSuspects()``.
    public func suspects(countMin: Int, limit: Int) throws -> [Suspect] {
        try Row.fetchAll(
            db,
            sql: """
                SELECT saga, input, count, words FROM suspect WHERE count >= ? AND typeof(count) = 'integer'
                ORDER BY at DESC LIMIT ?
                """,
            arguments: [countMin, limit]
        ).compactMap { row in
            guard let saga = row.integer(0), let input = row.integer(1), let count = row.integer(2),
                let words = String.fromDatabaseValue(row[3])
            else { return nil }
            return Suspect(saga: saga, input: UInt64(bitPattern: input), count: Int(count), words: words)
        }
    }

    /// How many rows hold values of other types.
    public func unreadableSuspects() throws -> Int {
        try Int.fetchOne(
            db,
            sql: """
                SELECT count(*) FROM suspect WHERE typeof(saga) <> 'integer' OR typeof(input) <> 'integer'
                OR typeof(count) <> 'integer' OR typeof(words) <> 'text'
                """) ?? 0
    }
}
