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
            guard let row = found.integer(0), let at = found.integer(1), let bytes = Data.fromDatabaseValue(found[2]),
                let inputs = LoggedCommit.inputs(bytes)
            else { throw StoreError(.unreadable, "commit \(found.integer(0) ?? 0) of the store does not read") }
            return LoggedCommit(row: row, at: Instant(milliseconds: at), inputs: inputs)
        }
    }
}

extension WriteTransaction {
    /// Notes which inputs of which sagas the commit holds.
    func log(_ changes: [Change]) throws {
        var bytes = Data()
        var newest: Instant?
        for change in changes {
            guard case .history(let saga, let n, let at, _) = change else { continue }
            for number in [saga, n] { withUnsafeBytes(of: number.littleEndian) { bytes.append(contentsOf: $0) } }
            newest = at
        }
        guard let newest else { return }
        try db.cachedStatement(sql: "INSERT INTO commit_log(at, inputs) VALUES(?, ?)")
            .execute(arguments: [newest.milliseconds, bytes])
    }

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

extension LoggedCommit {
    /// Pairs of saga and `n`, 8 bytes each; `nil` for anything else.
    fileprivate static func inputs(_ bytes: Data) -> [Input]? {
        guard bytes.count % 16 == 0 else { return nil }
        let numbers = stride(from: 0, to: bytes.count, by: 8).map { place in
            bytes.dropFirst(place).prefix(8).reversed().reduce(into: UInt64(0)) { $0 = $0 << 8 | UInt64($1) }
        }
        return stride(from: 0, to: numbers.count, by: 2).map { place in
            Input(saga: Int64(bitPattern: numbers[place]), n: Int64(bitPattern: numbers[place + 1]))
        }
    }
}
