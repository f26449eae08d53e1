import CEL
import GRDB
import ParticipantKit

/// What `GET` shows of the ledger.
extension PaymentLedger {
    /// Rows of a page, and the totals over all rows, from one snapshot.
    static func ledger(_ page: Page, _ db: Database) throws -> Value {
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM ledger WHERE seq > ? ORDER BY seq LIMIT ?", arguments: [page.after, page.limit])
        let charged = try sum(.charge, db)
        let refunded = try sum(.refund, db)
        return [
            "rows": .list(try rows.map(ledgerRow)), "charged": .int(charged), "refunded": .int(refunded),
            "balance": .int(charged &- refunded),
        ]
    }

    /// Payments, each with what became of it; the number is for the next page.
    static func payments(_ page: Page, _ db: Database) throws -> [Page.Item] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT charge.*, refund.seq AS refundedBy FROM ledger AS charge
                LEFT JOIN ledger AS refund ON refund.charge = charge.seq AND refund.kind = 'refund'
                WHERE charge.kind = 'charge' AND charge.seq > ? ORDER BY charge.seq LIMIT ?
                """, arguments: [page.after, page.limit])
        return try rows.map { row in
            let refund: Int64? = try row.decode(forColumn: "refundedBy")
            return try Page.Item(
                seq: row.decode(forColumn: "seq"),
                value: [
                    "paymentId": .string(paymentId(row.decode(forColumn: "seq"))),
                    "orderId": text(row.decode(forColumn: "orderId")),
                    "amount": .int(row.decode(forColumn: "amount")), "cardNo": text(row.decode(forColumn: "cardNo")),
                    "status": refund == nil ? "charged" : "refunded", "refundId": text(refund.map(refundId)),
                    "sagaId": text(row.decode(forColumn: "sagaId")), "at": WallClock.text(row.decode(forColumn: "at")),
                ])
        }
    }

    private static func sum(_ kind: Kind, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db, sql: "SELECT coalesce(sum(amount), 0) FROM ledger WHERE kind = ?", arguments: [kind.rawValue]) ?? 0
    }

    private static func ledgerRow(_ row: Row) throws -> Value {
        let isCharge = try row.decode(String.self, forColumn: "kind") == Kind.charge.rawValue
        let payment: Int64? = try row.decode(forColumn: isCharge ? "seq" : "charge")
        return try [
            "seq": .int(row.decode(forColumn: "seq")), "at": WallClock.text(row.decode(forColumn: "at")),
            "kind": text(row.decode(forColumn: "kind")),
            "key": text(row.decode(forColumn: "key")),
            "paymentId": text(payment.map(paymentId)), "orderId": text(row.decode(forColumn: "orderId")),
            "amount": .int(row.decode(forColumn: "amount")),
            "cardNo": text(row.decode(forColumn: "cardNo")), "sagaId": text(row.decode(forColumn: "sagaId")),
        ]
    }

    private static func text(_ value: String?) -> Value { value.map(Value.string) ?? .null }
}
