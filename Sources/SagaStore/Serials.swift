internal import GRDB
internal import SagaCore

/// The small numbers that people call sagas by (decision 0034): one sequence for the name of a workflow, whatever its versions.
extension ReadTransaction {
    /// The rows of sagas with that serial: at most one of each workflow's name, of the versions that are named by their rows. Rows that do
    /// not read are left out.
    public func sagas(serial: Int64, workflows: [Int64]) throws -> [SagaRow] {
        let statement = try db.cachedStatement(
            sql: "SELECT \(Self.columns) FROM saga INDEXED BY saga_serial WHERE workflow = ? AND serial = ?")
        return try workflows.flatMap { workflow in
            try Row.fetchAll(statement, arguments: [workflow, serial]).compactMap { try? Self.row($0) }
        }
    }

    /// The serials of sagas, by their numbers; none for one that is not there or has none.
    public func serials(ofSagas numbers: [Int64]) throws -> [Int64: Int64] {
        let statement = try db.cachedStatement(sql: "SELECT serial FROM saga WHERE number = ?")
        var found: [Int64: Int64] = [:]
        for number in numbers {
            found[number] = try Row.fetchOne(statement, arguments: [number])?.integer(0)
        }
        return found
    }

    /// The last serial of each workflow's name. What is above all serials that there can be was written by somebody else.
    func lastSerials() throws -> [String: Int64] { try db.lastSerials() }
}

extension WriteTransaction {
    /// The serials up to that of a saga that goes are never given again.
    func keepSerial(of saga: SagaRow) throws {
        guard let serial = saga.serial else { return }
        try db.cachedStatement(
            sql: """
                INSERT INTO serial_given(workflow, last) SELECT name, ? FROM workflow WHERE id = ?
                ON CONFLICT(workflow) DO UPDATE SET last = excluded.last WHERE last < excluded.last
                """
        ).execute(arguments: [serial, saga.workflow])
    }
}

extension Database {
    /// See ``ReadTransaction/lastSerials()``.
    func lastSerials() throws -> [String: Int64] {
        var last: [String: Int64] = [:]
        let max = Saga.serialMax
        let rows = try Row.fetchAll(
            self,
            sql: """
                SELECT workflow, last FROM serial_given UNION ALL
                SELECT name, (SELECT max(serial) FROM saga INDEXED BY saga_serial
                    WHERE saga.workflow = workflow.id AND serial IS NOT NULL AND serial BETWEEN 1 AND \(max)) FROM workflow
                """)
        for row in rows {
            guard let name = String.fromDatabaseValue(row[0]), let serial = row.integer(1), (1...max).contains(serial)
            else { continue }
            last[name] = Swift.max(last[name] ?? 0, serial)
        }
        return last
    }

    /// What another life of the store has given is not given in this one.
    func keepSerials(above given: [String: Int64]) throws {
        for (workflow, last) in given {
            try execute(
                sql: """
                    INSERT INTO serial_given(workflow, last) VALUES(?, ?)
                    ON CONFLICT(workflow) DO UPDATE SET last = excluded.last WHERE last < excluded.last
                    """, arguments: [workflow, last])
        }
    }
}
