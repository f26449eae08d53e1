import GRDB
import ParticipantKit

/// The tables of the reservation service, and what is written to them.
enum ReservationTables {
    static func migrations(_ migrator: inout DatabaseMigrator) {
        migrator.registerMigration("reservation-1") { db in
            try db.execute(
                sql: """
                    -- AUTOINCREMENT: a number is never given again after its reservation was released.
                    CREATE TABLE reservation (
                        number INTEGER PRIMARY KEY AUTOINCREMENT,
                        at INTEGER NOT NULL,
                        sagaId TEXT NOT NULL,
                        room TEXT NOT NULL,
                        checkIn INTEGER NOT NULL,
                        nights INTEGER NOT NULL,
                        status TEXT NOT NULL
                    );
                    CREATE INDEX reservation_saga ON reservation(sagaId);
                    CREATE TABLE night (
                        seq INTEGER PRIMARY KEY,
                        room TEXT NOT NULL,
                        night INTEGER NOT NULL,
                        reservation INTEGER NOT NULL
                    );
                    -- No room is ever held twice for a night, whatever the code above it does.
                    CREATE UNIQUE INDEX night_room ON night(room, night);
                    CREATE TABLE cancellation (
                        seq INTEGER PRIMARY KEY,
                        at INTEGER NOT NULL,
                        kind TEXT NOT NULL,
                        key TEXT NOT NULL,
                        sagaId TEXT NOT NULL,
                        reservation INTEGER,
                        room TEXT,
                        checkIn INTEGER,
                        nights INTEGER
                    );
                    """)
        }
    }

    /// The first night of the stay that somebody holds.
    static func takenNight(_ stay: HoldRequest, _ db: Database) throws -> Night? {
        let statement = try db.cachedStatement(
            sql: "SELECT night FROM night WHERE room = ? AND night >= ? AND night < ? ORDER BY night LIMIT 1")
        let range: StatementArguments = [stay.room, stay.checkIn.day, stay.checkIn.day + stay.nights]
        return try Int64.fetchOne(statement, arguments: range).map(Night.init)
    }

    static func insert(_ stay: HoldRequest, sagaId: String, _ db: Database) throws -> Reservation {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO reservation (at, sagaId, room, checkIn, nights, status) VALUES (?, ?, ?, ?, ?, 'held')
                """)
        try statement.execute(arguments: [WallClock.now(), sagaId, stay.room, stay.checkIn.day, stay.nights])
        let reservation = Reservation(number: db.lastInsertedRowID, sagaId: sagaId, stay: stay)
        let night = try db.cachedStatement(sql: "INSERT INTO night (room, night, reservation) VALUES (?, ?, ?)")
        for day in stay.checkIn.day..<(stay.checkIn.day + stay.nights) {
            try night.execute(arguments: [stay.room, day, reservation.number])
        }
        return reservation
    }

    static func find(_ number: Int64, _ db: Database) throws -> Reservation? {
        let statement = try db.cachedStatement(sql: "SELECT * FROM reservation WHERE number = ?")
        return try Row.fetchOne(statement, arguments: [number]).map { try Reservation($0) }
    }

    /// The reservations of a saga, newest first.
    static func ofSaga(_ sagaId: String, _ db: Database) throws -> [Reservation] {
        let statement = try db.cachedStatement(sql: "SELECT * FROM reservation WHERE sagaId = ? ORDER BY number DESC")
        return try Row.fetchAll(statement, arguments: [sagaId]).map { try Reservation($0) }
    }

    static func accept(_ reservation: Reservation, _ db: Database) throws {
        try db.cachedStatement(sql: "UPDATE reservation SET status = 'accepted' WHERE number = ?")
            .execute(arguments: [reservation.number])
    }

    /// Deletes the reservation and its nights, and leaves a cancellation.
    static func release(_ reservation: Reservation, for call: IncomingCall, _ db: Database) throws {
        // By room and night, which is the index; the reservation's number guards against somebody else's nights.
        try db.cachedStatement(
            sql: "DELETE FROM night WHERE room = ? AND night >= ? AND night < ? AND reservation = ?"
        ).execute(arguments: [
            reservation.room, reservation.checkIn.day, reservation.checkIn.day + reservation.nights, reservation.number,
        ])
        try db.cachedStatement(sql: "DELETE FROM reservation WHERE number = ?")
            .execute(arguments: [reservation.number])
        try appendCancellation("released", reservation, for: call, db)
    }

    /// `kind` is `released`, or `tombstone` for a hold that never came.
    static func appendCancellation(
        _ kind: String, _ reservation: Reservation?, for call: IncomingCall, _ db: Database
    ) throws {
        let statement = try db.cachedStatement(
            sql: """
                INSERT INTO cancellation (at, kind, key, sagaId, reservation, room, checkIn, nights)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """)
        try statement.execute(arguments: [
            WallClock.now(), kind, call.key, call.sagaId, reservation?.number, reservation?.room,
            reservation?.checkIn.day, reservation?.nights,
        ])
    }
}
