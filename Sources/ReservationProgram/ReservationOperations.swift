import CEL
import GRDB
import ParticipantKit

/// What a reservation service does: `hold`, `accept`, and `release` that undoes both.
enum ReservationOperations {
    static func hold(_ rooms: Rooms) -> Operation {
        .forward(
            "hold",
            read: { call throws(Problem) in try HoldRequest(call.body) },
            run: { stay, call, db in
                guard rooms.contains(stay.room) else { return .refused(.noSuchRoom(stay.room)) }
                if let night = try ReservationTables.takenNight(stay, db) {
                    return .refused(.roomTaken(stay.room, night))
                }
                return .done(try ReservationTables.insert(stay, sagaId: call.sagaId, db).answer)
            })
    }

    static let accept = Operation.forward(
        "accept",
        read: { call throws(Problem) in try AcceptRequest(call) },
        run: { request, call, db in
            guard var reservation = try find(request, call, db) else { return .refused(.notHeld(call.sagaId)) }
            try ReservationTables.accept(reservation, db)
            reservation.status = .accepted
            return .done(reservation.answer)
        })

    static let release = Operation.compensation("release", of: ["hold", "accept"]) { call, undone, db in
        switch undone {
        case .done(_, let answer):
            let number = answer.value["reservationId"]?.stringValue.flatMap(Reservation.number)
            // Gone when the release of the hold, or of its acceptance, came before.
            guard let number, let reservation = try ReservationTables.find(number, db) else {
                return .done(["released": false, "reservationId": answer.value["reservationId"] ?? .null])
            }
            try ReservationTables.release(reservation, for: call, db)
            return .done(["released": true, "reservationId": .string(reservation.id)])
        case .refused:
            return .done(["released": false])
        case .neverCame:
            try ReservationTables.appendCancellation("tombstone", nil, for: call, db)
            return .done(["released": false])
        }
    }

    /// The reservation that an acceptance means; never one of another saga.
    private static func find(_ request: AcceptRequest, _ call: IncomingCall, _ db: Database) throws -> Reservation? {
        if let number = request.reservation {
            guard let reservation = try ReservationTables.find(number, db) else { return nil }
            return call.sagaId.isEmpty || reservation.sagaId == call.sagaId ? reservation : nil
        }
        let ofSaga = try ReservationTables.ofSaga(call.sagaId, db)
        guard let stay = request.stay else { return ofSaga.first }
        return ofSaga.first { $0.room == stay.room && $0.checkIn == stay.checkIn && $0.nights == stay.nights }
    }
}

extension Problem {
    fileprivate static func noSuchRoom(_ room: String) -> Problem {
        Problem(404, "no-such-room", title: "There is no such room", detail: "there is no room '\(room)'")
    }

    fileprivate static func roomTaken(_ room: String, _ night: Night) -> Problem {
        Problem(
            409, "room-taken", title: "The room is taken",
            detail: "room '\(room)' is taken in the night of \(night.text): choose other nights or another room",
            members: [("room", .string(room)), ("night", .string(night.text))])
    }

    fileprivate static func notHeld(_ sagaId: String) -> Problem {
        Problem(
            409, "not-held", title: "Nothing is held",
            detail: "the saga '\(sagaId)' holds no such reservation: hold it first, or it was released")
    }
}
