import CEL
import GRDB
import ParticipantKit

/// What `GET` shows.
extension ReservationTables {
    static func reservations(_ page: Page, _ db: Database) throws -> [Page.Item] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM reservation WHERE number > ? ORDER BY number LIMIT ?",
            arguments: [page.after, page.limit])
        return try rows.map { row in
            let reservation = try Reservation(row)
            let more: [(String, Value)] = [
                ("sagaId", .string(reservation.sagaId)), ("at", WallClock.text(try row.decode(forColumn: "at"))),
            ]
            let known = (reservation.answer.mapValue?.entries ?? []).map { ($0.key.stringValue ?? "", $0.value) }
            return Page.Item(seq: reservation.number, value: .map(MapValue(known + more)))
        }
    }

    static func cancellations(_ page: Page, _ db: Database) throws -> [Page.Item] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM cancellation WHERE seq > ? ORDER BY seq LIMIT ?",
            arguments: [page.after, page.limit])
        return try rows.map { row in
            let reservation: Int64? = try row.decode(forColumn: "reservation")
            let checkIn: Int64? = try row.decode(forColumn: "checkIn")
            let nights: Int64? = try row.decode(forColumn: "nights")
            return try Page.Item(
                seq: row.decode(forColumn: "seq"),
                value: [
                    "seq": .int(row.decode(forColumn: "seq")), "at": WallClock.text(row.decode(forColumn: "at")),
                    "kind": .string(row.decode(forColumn: "kind")),
                    "reservationId": text(reservation.map(Reservation.id)), "room": text(row.decode(forColumn: "room")),
                    "checkIn": text(checkIn.map { Night(day: $0).text }), "nights": nights.map(Value.int) ?? .null,
                    "sagaId": .string(row.decode(forColumn: "sagaId")), "key": .string(row.decode(forColumn: "key")),
                ])
        }
    }

    static func nights(_ page: Page, _ db: Database) throws -> [Page.Item] {
        let rows = try Row.fetchAll(
            db,
            sql: """
                SELECT night.*, reservation.sagaId FROM night
                LEFT JOIN reservation ON reservation.number = night.reservation
                WHERE night.seq > ? ORDER BY night.seq LIMIT ?
                """, arguments: [page.after, page.limit])
        return try rows.map { row in
            try Page.Item(
                seq: row.decode(forColumn: "seq"),
                value: [
                    "room": .string(row.decode(forColumn: "room")),
                    "night": .string(Night(day: row.decode(forColumn: "night")).text),
                    "reservationId": .string(Reservation.id(row.decode(forColumn: "reservation"))),
                    "sagaId": text(row.decode(forColumn: "sagaId")),
                ])
        }
    }

    private static func text(_ value: String?) -> Value { value.map(Value.string) ?? .null }
}
