import CEL
import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import Identity

/// Which part of a list is asked for: `size` of it, from `after` on.
struct PageQuery {
    let size: Int
    let after: String?
    private let parameters: [String: String]

    static let sizeDefault = 20
    static let sizeMax = 1_000

    /// - Throws: ``WireProblem`` 400.
    init(_ request: Request, _ context: GatewayContext) throws {
        parameters = try request.parameters(of: context.operation)
        let text = parameters["size"] ?? "\(Self.sizeDefault)"
        guard let size = Int(text), (1...Self.sizeMax).contains(size) else {
            throw WireProblem.badRequest(
                "'size' is '\(text.prefix(20))'; it must be a number from 1 to \(Self.sizeMax)")
        }
        self.size = size
        after = parameters["after"]
    }

    subscript(_ name: String) -> String? { parameters[name] }

    /// The same from another place on.
    func text(after next: String?) -> String {
        var pairs = parameters.filter { $0.key != "after" }.sorted { $0.key < $1.key }.map { ($0.key, $0.value) }
        if let next { pairs.append(("after", next)) }
        return pairs.isEmpty
            ? "" : "?" + pairs.map { "\(Route.encoded($0))=\(Route.encoded($1))" }.joined(separator: "&")
    }
}

extension HAL {
    /// A row of a view, as the workflow has it.
    static let row = ObjectSchema(
        "Row",
        [
            .maybe("orderId", .one(of: [.integer(from: 1), .text])), .maybe("_links", .of(linkSet("Row", ["order"]))),
        ], isOpen: true)
    /// Something of a participant's.
    static let foreign = ObjectSchema(
        "Foreign", [.maybe("_links", .of(linkSet("Foreign", ["saga"])))], isOpen: true)
}

extension Gateway {
    func page(_ name: String, at path: String, _ items: [HAL], _ query: PageQuery, next: String?) -> Response {
        var page = HAL(name, items, size: query.size)
        page.link("self", url(path) + query.text(after: query.after))
        page.link("first", url(path) + query.text(after: nil))
        if let next { page.link("next", url(path) + query.text(after: next)) }
        return page.response()
    }

    /// `GET /mypages`: what guests see of their orders; `name` is a guest's.
    @Sendable func myPages(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await view("mypage", as: "mypages", key: "name", request, context)
    }

    /// `GET /hotelViews`: what the hotel sees; `room` is a room's.
    @Sendable func hotelViews(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await view("hotelview", as: "hotelViews", key: "room", request, context)
    }

    private func view(
        _ view: String, as name: String, key: String, _ request: Request, _ context: GatewayContext
    ) async throws -> Response {
        let query = try PageQuery(request, context)
        let found = try await client.speaking(for: context.caller.front())
            .view(view, key: query[key], limit: query.size, after: query.after)
        let rows = found.rows.map { row in
            var members = (row.row.mapValue?.entries ?? []).map { entry -> (String, Value?) in
                (entry.key.stringValue ?? "", entry.value)
            }
            if let serial = row.serial {
                // Clients know an order by its number.
                members.removeAll { $0.0 == "orderId" || $0.0.hasPrefix("_") }
                members.insert(("orderId", .int(Int64(serial))), at: 0)
            }
            var item = HAL(members)
            if let serial = row.serial { item.link("order", url("/orders/\(serial)")) }
            return item
        }
        return page(name, at: "/\(name)", rows, query, next: found.next)
    }

    /// `GET /paymentHistories`, `/reservations`, `/cancellations`: what the participant itself says.
    func list(_ list: ParticipantLists.List) -> GatewayRoute.Answer {
        { request, context in
            let query = try PageQuery(request, context)
            var asked = [("limit", "\(query.size)")]
            if let after = query.after {
                // The service would refuse it, and that is not what a service that is away means.
                guard Int64(after).map({ $0 >= 0 }) == true else {
                    throw WireProblem.badRequest(
                        "'after' is '\(after.prefix(40))'; it must be that of a page's link 'next'")
                }
                asked.append(("after", after))
            }
            let answer = try await lists.get(list.participant, "/\(list.rawValue)", asked)
            guard case .list(let rows) = answer.body else {
                throw ParticipantLists.failure(list.participant, "it answers with no list")
            }
            let items = rows.map { row in
                // Names with an underscore are those of links and of what is embedded.
                var item = HAL(
                    (row.mapValue?.entries ?? []).map { ($0.key.stringValue ?? "", $0.value) }
                        .filter { !$0.0.hasPrefix("_") })
                if let saga = row["sagaId"]?.stringValue {
                    item.link("saga", url("/api/v1/sagas/\(Route.encoded(saga))"))
                }
                return item
            }
            return page(list.rawValue, at: "/\(list.rawValue)", items, query, next: answer.next)
        }
    }
}
