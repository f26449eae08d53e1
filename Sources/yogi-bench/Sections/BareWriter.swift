import Basics
import GRDBSQLite
import SagaCore

/// Writes sagas as `SagaStore` does: the row of the saga with all its records, for each input.
final class BareWriter {
    private let connection: SQLiteConnection
    private let saga: RecordedSaga
    private let statements: Statements
    private var lastNumber: Int64
    /// The records of a saga up to each of its inputs.
    private let tails: [[UInt8]]

    /// Each in the words of `WriteTransaction`, finalized with the writer.
    private struct Statements {
        let begin: OpaquePointer
        let commit: OpaquePointer
        let insert: OpaquePointer
        let update: OpaquePointer

        init(_ connection: SQLiteConnection) throws {
            begin = try connection.prepare("BEGIN IMMEDIATE TRANSACTION")
            commit = try connection.prepare("COMMIT TRANSACTION")
            insert = try connection.prepare(
                "INSERT INTO saga(number, low, workflow, status, state, due, last, at, tail) VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?)"
            )
            update = try connection.prepare(
                "UPDATE saga SET workflow = ?, status = ?, state = ?, due = ?, last = ?, at = ?, tail = ? WHERE number = ?"
            )
        }

        var all: [OpaquePointer] { [begin, commit, insert, update] }
    }

    init(path: String, saga: RecordedSaga) throws {
        self.saga = saga
        tails = saga.transitions.indices.map { index in saga.transitions[...index].flatMap(\.records) }
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
        try transition.state.withCString { state in
            try tails[index].withUnsafeBytes { tail in
                let statement = index == 0 ? statements.insert : statements.update
                let first: Int32 = index == 0 ? 3 : 1
                bindRow(statement, from: first, transition, state)
                sqlite3_bind_int64(statement, first + 4, Int64(index + 1))
                sqlite3_bind_int64(statement, first + 5, transition.at)
                sqlite3_bind_blob(statement, first + 6, tail.baseAddress, Int32(tail.count), nil)
                sqlite3_bind_int64(statement, index == 0 ? 1 : 8, number)
                if index == 0 { sqlite3_bind_int64(statement, 2, Int64(bitPattern: saga.id.low)) }
                try connection.run(statement)
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
