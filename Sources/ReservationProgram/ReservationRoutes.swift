import GRDB
import Hummingbird
import ParticipantKit

/// Everything that the reservation service answers.
enum ReservationRoutes {
    /// The service's name: in `type` of its problems, and in its database.
    static let name = "yogi-reservation"
    /// Rows in one answer unless `limit` says otherwise.
    static let rowsDefault = 10_000

    static func make(_ participant: Participant, rooms: Rooms) -> Participant.Routes {
        let routes = participant.routes()
        participant.register(ReservationOperations.hold(rooms), on: routes)
        participant.register(ReservationOperations.accept, on: routes)
        participant.register(ReservationOperations.release, on: routes)
        list("/reservations", ReservationTables.reservations, participant, on: routes)
        list("/cancellations", ReservationTables.cancellations, participant, on: routes)
        list("/nights", ReservationTables.nights, participant, on: routes)
        routes.get("/free") { request, _ in
            let stay = try FreeStay(request)
            let found = try await participant.store.read { db in try stay.first(db) }
            return KeptAnswer(status: 200, try stay.answer(found)).response()
        }
        return routes
    }

    private static func list(
        _ path: String, _ query: @escaping @Sendable (Page, Database) throws -> [Page.Item],
        _ participant: Participant, on routes: Participant.Routes
    ) {
        let store = participant.store
        routes.get(RouterPath(path)) { request, _ in
            let page = try Page(of: request, limitDefault: rowsDefault)
            return page.response(try await store.read { db in try query(page, db) }, path: path)
        }
    }
}
