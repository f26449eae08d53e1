import CEL
import ControlAPI
import ControlClient
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import Pages

/// The hotel's desk.
extension Gateway {
    private static let shownMax = 20
    private static let listMax = 500
    private static let settledMilliseconds: Int64 = 5_000

    /// `GET /desk`: what waits for the hotel's word, the longest first, and who arrives today.
    @Sendable func deskPage(_ request: Request, _ context: GatewayContext) async throws -> Response {
        _ = try request.parameters(of: context.operation)
        let workflow = settings().orders.workflow
        let daemon = client.speaking(for: context.caller.front())
        let found = try await daemon.list(
            ListFilter(workflow: workflow, state: "Reserved", status: "waiting"), limit: Self.listMax)
        let oldest = found.sagas.sorted { $0.updatedAt < $1.updatedAt }
        var waiting: [Booking] = []
        for item in oldest.prefix(Self.shownMax) {
            let saga = try await daemon.show(item.id)
            waiting.append(Booking(number: saga.serial ?? 0, saga: saga, history: []))
        }
        let page = DeskPage(
            waiting: waiting, more: max(0, oldest.count - Self.shownMax), arrivals: try await arrivals(daemon))
        return PageWriter.response(.desk(page), to: request, context, live: Self.liveAll)
    }

    /// As the reservation service has them; without it there are none to show.
    private func arrivals(_ daemon: ControlClient) async throws -> [Booking] {
        let today = String(Timestamp(seconds: Int64(Date().timeIntervalSince1970)).rfc3339.prefix { $0 != "T" })
        guard lists.knows(.reservation) else { return [] }
        let rows: [Value]
        do {
            let answer = try await lists.get(.reservation, "/reservations", [("limit", "\(Self.listMax)")])
            guard case .list(let listed) = answer.body else { return [] }
            rows = listed
        } catch let problem as WireProblem where problem.code == "participant-away" {
            return []
        }
        var arrivals: [Booking] = []
        for row in rows.filter({ $0["checkIn"]?.stringValue == today }).prefix(Self.shownMax) {
            guard let id = row["sagaId"]?.stringValue, let saga = try? await daemon.show(id), let number = saga.serial,
                saga.status == "succeeded"
            else { continue }
            arrivals.append(Booking(number: number, saga: saga, history: []))
        }
        return arrivals
    }

    /// `POST /desk/{number}/{verb}`: the hotel's word, by a form.
    @Sendable func decideForm(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (text, verb) = (try context.argument("number"), try context.argument("verb"))
        guard let number = Int(text), number > 0, ["confirm", "reject"].contains(verb) else {
            throw WireProblem.badRequest("a desk confirms or rejects an order by its number")
        }
        let body = try await request.members(of: context.operation, max: settings().bodyMax)
        _ = try await client.speaking(for: context.caller.front()).signal(
            "\(settings().orders.workflow):\(number)", verb, id: try Self.key(of: body),
            wait: Wait("settled", milliseconds: Self.settledMilliseconds))
        return PageWriter.redirect(to: PagePath.desk)
    }
}
