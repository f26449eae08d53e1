import Basics
import GRDBSQLite
import SagaCore

/// Writes sagas as `SagaStore` does: one history row and one saga row for each input.
final class BareWriter {
    private let connection: SQLiteConnection
    private let saga: RecordedSaga
    private let statements: Statements
    private var lastNumber: Int64
    /// The newest history row of each saga of the batch at hand.

    /// Each in the words of `WriteTransaction`, finalized with the writer.
    private struct Statements {
        let begin: OpaquePointer
        let commit: OpaquePointer
        let append: OpaquePointer
        let insert: OpaquePointer
        let update: OpaquePointer

        init(_ connection: SQLiteConnection) throws {
            begin = try connection.prepare("BEGIN IMMEDIATE TRANSACTION")
            commit = try connection.prepare("COMMIT TRANSACTION")
            append = try connection.prepare("INSERT INTO history(saga, n, at, records) VALUES(?, ?, ?, ?)")
            insert = try connection.prepare(
                "INSERT INTO saga(number, low, workflow, status, state, due, last) VALUES(?, ?, ?, ?, ?, ?, ?)")
            update = try connection.prepare(
                "UPDATE saga SET workflow = ?, status = ?, state = ?, due = ?, last = ? WHERE number = ?")
        }

        var all: [OpaquePointer] { [begin, commit, append, insert, update] }
    }

    init(path: String, saga: RecordedSaga) throws {
        self.saga = saga
        connection = try SQLiteConnection(path: path)
        try connection.execute("PRAGMA journal_mode = WAL; PRAGMA synchronous = FULL")
        guard try connection.integer("PRAGMA synchronous") == 2 else {
            throw BenchFailure("libsqlite3 does not take synchronous = FULL")
        }
        statements = try Statements(connection)
        lastNumber = saga.id.number
    }

    deinit { for statement in statements.all { sqlite3_finalize(statement) } }

    /// Carries batches of sagas side by side through all their transitions, `batch` transitions a commit.
    func transitionsPerSecond(batch: Int, seconds: Double) throws -> Double {
        let begin = MonotonicTime.nanoseconds
        let end = begin + Int64(seconds * 1e9)
        var count = 0
        while MonotonicTime.nanoseconds < end {
            let first = lastNumber + 1
            lastNumber += Int64(batch)
            for transition in saga.transitions.indices {
                try connection.run(statements.begin)
                for index in 0..<batch { try write(transition, number: first + Int64(index)) }
                try connection.run(statements.commit)
            }
            count += batch * saga.transitions.count
        }
        return Double(count) / (Double(MonotonicTime.nanoseconds - begin) / 1e9)
    }

    private func write(_ index: Int, number: Int64) throws {
        let transition = saga.transitions[index]
        try transition.records.withUnsafeBytes { bytes in
            sqlite3_bind_int64(statements.append, 1, number)
            sqlite3_bind_int64(statements.append, 2, Int64(index + 1))
            sqlite3_bind_int64(statements.append, 3, transition.at)
            sqlite3_bind_blob(statements.append, 4, bytes.baseAddress, Int32(bytes.count), nil)
            try connection.run(statements.append)
        }
        try transition.state.withCString { state in
            if index == 0 {
                sqlite3_bind_int64(statements.insert, 1, number)
                sqlite3_bind_int64(statements.insert, 2, Int64(bitPattern: saga.id.low))
                bindRow(statements.insert, from: 3, transition, state)
                sqlite3_bind_int64(statements.insert, 7, 1)
                try connection.run(statements.insert)
            } else {
                bindRow(statements.update, from: 1, transition, state)
                sqlite3_bind_int64(statements.update, 5, Int64(index + 1))
                sqlite3_bind_int64(statements.update, 6, number)
                try connection.run(statements.update)
            }
        }
    }

    private func bindRow(
        _ statement: OpaquePointer, from column: Int32, _ transition: RecordedSaga.Transition,
        _ state: UnsafePointer<CChar>
    ) {
        sqlite3_bind_int64(statement, column, saga.workflow)
        sqlite3_bind_int64(statement, column + 1, Int64(transition.status))
        sqlite3_bind_text(statement, column + 2, state, Int32(transition.state.utf8.count), nil)
        if let due = transition.due {
            sqlite3_bind_int64(statement, column + 3, due)
        } else {
            sqlite3_bind_null(statement, column + 3)
        }
    }
}
