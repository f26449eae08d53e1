import CEL
import GRDB
import ParticipantKit

/// What `GET` shows.
extension ReservationTables {
    static func reservations(_ page: Page, _ db: Database) throws -> [Page.Item] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM reservation WHERE number > ? ORDER BY number LIMIT ?",
            arguments: [page.after, page.limit])
        return rows.map { row in
            let reservation = Reservation(row)
            let more: [(String, Value)] = [
                ("sagaId", .string(reservation.sagaId)), ("at", WallClock.text(row["at"])),
            ]
            let known = (reservation.answer.mapValue?.entries ?? []).map { ($0.key.stringValue ?? "", $0.value) }
            return Page.Item(seq: reservation.number, value: .map(MapValue(known + more)))
        }
    }

    static func cancellations(_ page: Page, _ db: Database) throws -> [Page.Item] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT * FROM cancellation WHERE seq > ? ORDER BY seq LIMIT ?",
            arguments: [page.after, page.limit])
        return rows.map { row in
            let reservation: Int64? = row["reservation"]
            let checkIn: Int64? = row["checkIn"]
            let nights: Int64? = row["nights"]
            return Page.Item(
                seq: row["seq"],
                value: [
                    "seq": .int(row["seq"]), "at": WallClock.text(row["at"]), "kind": .string(row["kind"]),
                    "reservationId": text(reservation.map(Reservation.id)), "room": text(row["room"]),
                    "checkIn": text(checkIn.map { Night(day: $0).text }), "nights": nights.map(Value.int) ?? .null,
                    "sagaId": .string(row["sagaId"]), "key": .string(row["key"]),
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
        return rows.map { row in
            Page.Item(
                seq: row["seq"],
                value: [
                    "room": .string(row["room"]), "night": .string(Night(day: row["night"]).text),
                    "reservationId": .string(Reservation.id(row["reservation"])), "sagaId": text(row["sagaId"]),
                ])
        }
    }

    private static func text(_ value: String?) -> Value { value.map(Value.string) ?? .null }
}
