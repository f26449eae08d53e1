import CEL
import GRDB
import Hummingbird
import ParticipantKit

/// `GET /free?room=101&nights=2&from=2026-12-01`: the first day from then on from which the room is free for so many nights.
struct FreeStay: Sendable, Equatable {
    let room: String
    let from: Night
    let nights: Int64

    init(room: String, from: Night, nights: Int64) {
        self.room = room
        self.from = from
        self.nights = nights
    }

    /// - Throws: ``Problem`` 422 that names the parameter.
    init(_ request: Request) throws(Problem) {
        let query = request.uri.queryParameters
        guard let room = query["room"].map(String.init), (1...100).contains(room.utf8.count)
        else { throw .invalid("'room' is required: a text of 1 to 100 bytes") }
        guard let from = query["from"].flatMap({ Night(String($0)) }) else {
            throw .invalid("'from' is required: a day that exists, as 2026-01-31")
        }
        guard let nights = Int64(query["nights"] ?? "1"), (1...HoldRequest.nightsMax).contains(nights) else {
            throw .invalid("'nights' must be a whole number, 1 to \(HoldRequest.nightsMax)")
        }
        self.init(room: room, from: from, nights: nights)
    }

    /// Along the nights that are taken, until there is a gap; as of now: whoever holds first has it.
    func first(_ db: Database) throws -> Night {
        let statement = try db.cachedStatement(
            sql: "SELECT night FROM night WHERE room = ? AND night >= ? ORDER BY night")
        let taken = try Int64.fetchCursor(statement, arguments: [room, from.day])
        var day = from.day
        while let night = try taken.next() {
            if night >= day + nights { break }
            day = night + 1
        }
        return Night(day: day)
    }

    /// - Throws: ``Problem`` 422 when the years are over.
    func answer(_ first: Night) throws(Problem) -> Value {
        guard Night(first.text) != nil else { throw .invalid("no day from 'from' on is free") }
        return ["room": .string(room), "checkIn": .string(first.text), "nights": .int(nights)]
    }
}
