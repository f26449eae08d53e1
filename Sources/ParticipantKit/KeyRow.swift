import Foundation
import GRDB

/// A row of `idempotency`: a key, and what it was answered; without an answer it is a tombstone.
struct KeyRow {
    /// The operation that the key belongs to; empty for a tombstone.
    let operation: String
    let fingerprint: [UInt8]
    /// The key that this compensation undid.
    let compensates: String?
    /// Nil for a tombstone.
    let answer: KeptAnswer?

    static let schema = """
        CREATE TABLE idempotency (
            id INTEGER PRIMARY KEY,
            key TEXT NOT NULL UNIQUE,
            operation TEXT NOT NULL,
            fingerprint BLOB,
            compensates TEXT,
            status INTEGER,
            body BLOB,
            sagaId TEXT NOT NULL,
            at INTEGER NOT NULL
        );
        CREATE UNIQUE INDEX idempotency_compensates ON idempotency(compensates) WHERE compensates IS NOT NULL;
        """

    static func find(_ key: String, _ db: Database) throws -> KeyRow? {
        let statement = try db.cachedStatement(
            sql: "SELECT operation, fingerprint, compensates, status, body FROM idempotency WHERE key = ?")
        return try Row.fetchOne(statement, arguments: [key]).map { row in
            try KeyRow(
                operation: row.decode(atIndex: 0), fingerprint: bytes(row.decode(atIndex: 1)),
                compensates: row.decode(atIndex: 2),
                answer: row.decode(Int?.self, atIndex: 3).map {
                    KeptAnswer(status: $0, bytes: bytes(try row.decode(atIndex: 4)))
                })
        }
    }

    /// What the compensation of `key` was answered, under whatever key of its own it came.
    static func compensation(of key: String, _ db: Database) throws -> KeptAnswer? {
        let statement = try db.cachedStatement(sql: "SELECT status, body FROM idempotency WHERE compensates = ?")
        return try Row.fetchOne(statement, arguments: [key]).map { row in
            try KeptAnswer(status: row.decode(atIndex: 0), bytes: bytes(row.decode(atIndex: 1)))
        }
    }

    static func insert(
        _ call: IncomingCall, operation: String, fingerprint: [UInt8], answer: KeptAnswer, _ db: Database
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO idempotency (key, operation, fingerprint, compensates, status, body, sagaId, at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            call.key, operation, Data(fingerprint), call.compensates, answer.status, Data(answer.body), call.sagaId,
            WallClock.now(),
        ])
    }

    static func insertTombstone(_ key: String, sagaId: String, _ db: Database) throws {
        let statement = try db.cachedStatement(
            sql: "INSERT INTO idempotency (key, operation, sagaId, at) VALUES (?, '', ?, ?)")
        try statement.execute(arguments: [key, sagaId, WallClock.now()])
    }

    private static func bytes(_ data: Data?) -> [UInt8] { data.map { Array($0) } ?? [] }
}
