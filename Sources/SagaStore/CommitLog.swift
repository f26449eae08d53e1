internal import Foundation
internal import GRDB
public import SagaCore

/// One commit, by the inputs of sagas that it holds: what somebody walks along who wants all histories in the order of the commits.
public struct LoggedCommit: Sendable, Hashable {
    /// Counts the commits; never given again.
    public var row: Int64
    /// When its newest input was applied.
    public var at: Instant
    /// In the order in which they were written.
    public var inputs: [Input]

    /// A place in a history.
    public struct Input: Sendable, Hashable {
        /// The saga's number; it may have been taken away since.
        public var saga: Int64
        /// ``HistoryRow/n``.
        public var n: Int64
    }
}

extension ReadTransaction {
    /// Commits behind one, in their order.
    /// - Throws: ``StoreError`` `unreadable` for one that does not read: those behind it must not come as if there were none between.
    public func commits(after row: Int64, limit: Int) throws -> [LoggedCommit] {
        let statement = try db.cachedStatement(
            sql: "SELECT row, at, inputs FROM commit_log WHERE row > ? ORDER BY row LIMIT ?")
        return try Row.fetchAll(statement, arguments: [row, limit]).map { found in
            guard let row = found.integer(0), let at = found.integer(1), let bytes = found.blob(2),
                let inputs = LoggedCommit.inputs(bytes, at: at), row <= Self.countMax
            else { throw StoreError(.unreadable, "commit \(found.integer(0) ?? 0) of the store does not read") }
            return LoggedCommit(row: row, at: Instant(milliseconds: at), inputs: inputs)
        }
    }
}

extension WriteTransaction {
    /// Forgets some of the oldest commits, as far as they are older than a time. Never the newest: its number would be given again.
    /// - Returns: how many.
    @discardableResult
    public func forgetCommits(before time: Instant) throws -> Int {
        try db.execute(
            sql: """
                DELETE FROM commit_log WHERE at < ? AND row < (SELECT max(row) FROM commit_log) AND row <=
                    (SELECT max(row) FROM (SELECT row FROM commit_log ORDER BY row LIMIT ?))
                """, arguments: [time.milliseconds, Self.commitsAtOnce])
        return db.changesCount
    }

    private static var commitsAtOnce: Int64 { 1_024 }
}

extension SagaStore {
    /// Last before the end of a write.
    func logCommit(_ db: Database) throws {
        let inputs = seals.tails.with { $0.logged }
        guard let at = inputs.last?.at else { return }
        try db.cachedStatement(sql: "INSERT INTO commit_log(at, inputs) VALUES(?, ?)")
            .execute(arguments: [at, Data(LoggedCommit.bytes(inputs.map { ($0.saga, $0.n) }, at: at))])
    }
}

extension LoggedCommit {
    /// Each saga's number by how far it is from the one before, the first from the time of the commit; then `n`.
    fileprivate static func bytes(_ inputs: [(saga: Int64, n: Int64)], at: Int64) -> [UInt8] {
        var bytes: [UInt8] = []
        var before = at << 12
        for input in inputs {
            bytes.append(signed: input.saga &- before)
            bytes.append(signed: input.n)
            before = input.saga
        }
        return bytes
    }

    /// `nil` for what ``bytes(_:at:)`` did not make.
    fileprivate static func inputs(_ bytes: Data, at: Int64) -> [Input]? {
        var inputs: [Input] = []
        var rest = ByteRun(bytes)
        var saga = at << 12
        while !rest.isEmpty {
            guard let distance = try? rest.signed(), let n = try? rest.signed() else { return nil }
            saga = saga &+ distance
            inputs.append(Input(saga: saga, n: n))
        }
        return inputs
    }
}
