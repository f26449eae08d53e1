import CEL
import GRDB

/// A reservation as it is stored.
struct Reservation: Sendable, Equatable {
    enum Status: String, Sendable {
        case held, accepted
    }

    /// Its row.
    let number: Int64
    let sagaId: String
    let room: String
    let checkIn: Night
    let nights: Int64
    var status: Status

    /// How it is named outside: `res-17`.
    var id: String { Self.id(number) }

    static func id(_ number: Int64) -> String { "res-\(number)" }

    /// The row that `id` names.
    static func number(_ id: String) -> Int64? {
        id.hasPrefix("res-") ? Int64(id.dropFirst(4)) : nil
    }

    /// As `hold` and `accept` answer it.
    var answer: Value {
        [
            "reservationId": .string(id), "room": .string(room), "checkIn": .string(checkIn.text),
            "nights": .int(nights),
            "status": .string(status.rawValue),
        ]
    }

    init(number: Int64, sagaId: String, stay: HoldRequest) {
        self.number = number
        self.sagaId = sagaId
        room = stay.room
        checkIn = stay.checkIn
        nights = stay.nights
        status = .held
    }

    init(_ row: Row) throws {
        number = try row.decode(forColumn: "number")
        sagaId = try row.decode(forColumn: "sagaId")
        room = try row.decode(forColumn: "room")
        checkIn = Night(day: try row.decode(forColumn: "checkIn"))
        nights = try row.decode(forColumn: "nights")
        status = try row.decode(String.self, forColumn: "status") == Status.accepted.rawValue ? .accepted : .held
    }
}
