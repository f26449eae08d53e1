import CEL
import ParticipantKit

/// The body of a hold, checked. Members that are not known are let through: callers may be newer.
struct HoldRequest: Sendable, Equatable {
    let room: String
    let checkIn: Night
    let nights: Int64

    /// Most nights that one reservation has: a row each.
    static let nightsMax: Int64 = 366

    /// - Throws: ``Problem`` 422 that names the member.
    init(_ body: Value) throws(Problem) {
        guard body.mapValue != nil else {
            throw .invalid("the body is no object: send {\"room\", \"checkIn\", \"nights\"}")
        }
        guard let room = Self.room(body) else { throw .invalid("'room' is required: a text of 1 to 100 bytes") }
        guard let checkIn = body["checkIn"]?.stringValue.flatMap(Night.init) else {
            throw .invalid("'checkIn' is required: a day that exists, as 2026-01-31")
        }
        guard let nights = body["nights"]?.intValue, (1...Self.nightsMax).contains(nights) else {
            throw .invalid("'nights' is required: a whole number, 1 to \(Self.nightsMax)")
        }
        self.room = room
        self.checkIn = checkIn
        self.nights = nights
    }

    private static func room(_ body: Value) -> String? {
        let room = body["room"]?.stringValue ?? body["room"]?.intValue.map(String.init)
        return room.flatMap { (1...100).contains($0.utf8.count) ? $0 : nil }
    }
}

/// The body of an acceptance: which reservation of the saga it means.
struct AcceptRequest: Sendable, Equatable {
    /// Nil when the saga and the stay say which it is.
    let reservation: Int64?
    /// Nil when the body has no stay: then the saga's newest.
    let stay: HoldRequest?

    /// - Throws: ``Problem`` 422 when neither the body nor `Saga-Id` says which reservation is meant.
    init(_ call: IncomingCall) throws(Problem) {
        guard call.body.isNull || call.body.mapValue != nil else {
            throw .invalid("the body is no object: send {\"reservationId\"} or what was held")
        }
        if let id = call.body["reservationId"], !id.isNull {
            guard let number = id.stringValue.flatMap(Reservation.number) else {
                throw .invalid("'reservationId' is no id of a reservation: it is what hold answered, as res-17")
            }
            reservation = number
            stay = nil
            return
        }
        guard !call.sagaId.isEmpty else {
            throw .invalid("which reservation? send 'reservationId', or the header Saga-Id of the saga that holds it")
        }
        reservation = nil
        stay = call.body["room"] == nil ? nil : try HoldRequest(call.body)
    }
}
