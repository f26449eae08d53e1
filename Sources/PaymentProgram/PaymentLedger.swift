import GRDB
import ParticipantKit

/// The ledger: a row for each charge, refund, decline and tombstone, never changed and never deleted.
enum PaymentLedger {
    enum Kind: String {
        case charge, refund, tombstone, declined
    }

    static func migrations(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("payment-1") { db in
            try db.execute(
                sql: """
                    CREATE TABLE ledger (
                        seq INTEGER PRIMARY KEY,
                        at INTEGER NOT NULL,
                        kind TEXT NOT NULL,
                        key TEXT NOT NULL,
                        charge INTEGER,
                        orderId TEXT,
                        amount INTEGER NOT NULL,
                        cardNo TEXT,
                        sagaId TEXT NOT NULL
                    );
                    -- No charge is ever refunded twice, whatever the code above it does.
                    CREATE UNIQUE INDEX ledger_refund ON ledger(charge) WHERE kind = 'refund';
                    CREATE TABLE failed_try (key TEXT PRIMARY KEY, count INTEGER NOT NULL) WITHOUT ROWID;
                    """)
        }
    }

    /// What a row is about.
    struct Entry {
        var kind: Kind
        /// The row that a refund gives back.
        var charge: Int64?
        var orderId: String?
        /// In minor units.
        var amount: Int64 = 0
        /// Masked.
        var cardNo: String?
    }

    /// Appends a row and gives its number.
    static func append(_ entry: Entry, for call: IncomingCall, _ db: Database) throws -> Int64 {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO ledger (at, kind, key, charge, orderId, amount, cardNo, sagaId)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            WallClock.now(), entry.kind.rawValue, call.key, entry.charge, entry.orderId, entry.amount, entry.cardNo,
            call.sagaId,
        ])
        return db.lastInsertedRowID
    }

    /// The refund that gives back what row `charge` took; nil when there is no such charge.
    static func refund(of charge: Int64, _ db: Database) throws -> Entry? {
        let statement = try db.cachedStatement(
            sql: "SELECT orderId, amount, cardNo FROM ledger WHERE seq = ? AND kind = 'charge'")
        return try Row.fetchOne(statement, arguments: [charge]).map { row in
            try Entry(
                kind: .refund, charge: charge, orderId: row.decode(atIndex: 0), amount: row.decode(atIndex: 1),
                cardNo: row.decode(atIndex: 2))
        }
    }

    /// Counts one more try of `key` and says which it is, from 1.
    static func countTry(of key: String, _ db: Database) throws -> Int {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO failed_try (key, count) VALUES (?, 1)
                ON CONFLICT (key) DO UPDATE SET count = count + 1 RETURNING count
                """)
        return try Int.fetchOne(statement, arguments: [key]) ?? 1
    }

    /// How row `seq` is named outside: `pay-17`.
    static func paymentId(_ seq: Int64) -> String { "pay-\(seq)" }

    /// The row that `paymentId` names.
    static func seq(ofPayment paymentId: String) -> Int64? {
        paymentId.hasPrefix("pay-") ? Int64(paymentId.dropFirst(4)) : nil
    }

    /// How the refund in row `seq` is named outside.
    static func refundId(_ seq: Int64) -> String { "ref-\(seq)" }
}
