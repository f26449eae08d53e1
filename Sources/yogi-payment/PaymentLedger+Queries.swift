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
            "rows": .list(rows.map(ledgerRow)), "charged": .int(charged), "refunded": .int(refunded),
            "balance": .int(charged - refunded),
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
        return rows.map { row in
            let refund: Int64? = row["refundedBy"]
            return Page.Item(
                seq: row["seq"],
                value: [
                    "paymentId": .string(paymentId(row["seq"])), "orderId": text(row["orderId"]),
                    "amount": .int(row["amount"]), "cardNo": text(row["cardNo"]),
                    "status": refund == nil ? "charged" : "refunded", "refundId": text(refund.map(refundId)),
                    "sagaId": text(row["sagaId"]), "at": WallClock.text(row["at"]),
                ])
        }
    }

    private static func sum(_ kind: Kind, _ db: Database) throws -> Int64 {
        try Int64.fetchOne(
            db, sql: "SELECT coalesce(sum(amount), 0) FROM ledger WHERE kind = ?", arguments: [kind.rawValue]) ?? 0
    }

    private static func ledgerRow(_ row: Row) -> Value {
        let isCharge = row["kind"] == Kind.charge.rawValue
        let payment: Int64? = isCharge ? row["seq"] : row["charge"]
        return [
            "seq": .int(row["seq"]), "at": WallClock.text(row["at"]), "kind": text(row["kind"]),
            "key": text(row["key"]),
            "paymentId": text(payment.map(paymentId)), "orderId": text(row["orderId"]), "amount": .int(row["amount"]),
            "cardNo": text(row["cardNo"]), "sagaId": text(row["sagaId"]),
        ]
    }

    private static func text(_ value: String?) -> Value { value.map(Value.string) ?? .null }
}
