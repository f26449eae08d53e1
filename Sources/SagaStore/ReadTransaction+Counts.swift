internal import GRDB
public import SagaCore

/// Counts of live sagas, from the index that lists are found by.
extension ReadTransaction {
    /// How many live sagas there are, by workflow row, status and state: a walk through all of them.
    public func liveGroups() throws -> [(workflow: Int64, status: Status, state: String, count: Int)] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT workflow, status, state, count(*) FROM saga INDEXED BY saga_find WHERE status < ?
                GROUP BY status, workflow, state
                """)
        return try Row.fetchAll(statement, arguments: [Status.succeeded.rawValue]).compactMap { row in
            guard let workflow = row.integer(0), let status = row.integer(1).flatMap(Status.init(stored:)),
                let state = String.fromDatabaseValue(row[2]), let count = row.integer(3)
            else { return nil }
            return (workflow: workflow, status: status, state: state, count: Int(count))
        }
    }

    /// The number of the saga that was started first of those that are so; `nil` when none is. One look into the index.
    public func oldest(workflow: Int64, status: Status, state: String) throws -> Int64? {
        let statement = try db.cachedStatement(
            sql: """
                SELECT number FROM saga INDEXED BY saga_find WHERE status = ? AND workflow = ? AND state = ?
                ORDER BY number LIMIT 1
                """)
        return try Int64.fetchOne(statement, arguments: [status.rawValue, workflow, state])
    }
}
