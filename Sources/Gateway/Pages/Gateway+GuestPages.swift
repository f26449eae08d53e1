import CEL
import ControlAPI
import ControlClient
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import Pages

/// Pages of a guest: ordering a room, and what becomes of it.
extension Gateway {
    private static let historyMax = 500
    private static let secondsOfDay = 86_400.0

    /// `GET /book`.
    @Sendable func bookPage(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let query = try request.parameters(of: context.operation)
        let nights = query["nights"].flatMap { Int($0) }.map { min(max($0, 1), 60) } ?? 1
        let filled = BookPage.Filled(
            name: query["name"] ?? "", room: query["room"] ?? "", checkIn: query["checkIn"] ?? Self.tomorrow,
            nights: nights)
        return PageWriter.response(.book(try await book(filled)), to: request, context)
    }

    /// `POST /book`: orders, and goes to the order.
    @Sendable func bookForm(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let settings = settings()
        var body = try await request.members(of: context.operation, max: settings.bodyMax)
        let key = try Self.key(of: body)
        body[Self.keyField] = nil
        do {
            let placed = try await place(try OrderRequest(body, settings.orders), key: key, context)
            let cookies = context.caller.user == nil ? [placed.cookie] : []
            return PageWriter.redirect(to: PagePath.booking(placed.number), cookies: cookies)
        } catch {
            guard let problem = Self.problem(error), let faults = Self.faults(of: problem) else { throw error }
            let filled = BookPage.Filled(
                name: body["name"]?.stringValue ?? "", room: body["room"]?.stringValue ?? "",
                checkIn: body["checkIn"]?.stringValue ?? "",
                nights: min(max(body["nights"]?.stringValue.flatMap { Int($0) } ?? 1, 1), 60))
            return PageWriter.response(
                .book(try await book(filled, faults: faults)), to: request, context, .unprocessableContent)
        }
    }

    private func book(_ filled: BookPage.Filled, faults: Set<String> = []) async throws -> BookPage {
        let settings = settings()
        var rooms: [BookPage.Room] = []
        for room in settings.rooms {
            rooms.append(
                BookPage.Room(
                    number: room, summary: "", price: Int(settings.orders.amountPerNight),
                    isFree: try await isFree(room, filled)))
        }
        return BookPage(rooms: rooms, filled: filled, faults: faults)
    }

    /// A service that is away says nothing: the order is taken, and told later whether the room was free.
    private func isFree(_ room: String, _ filled: BookPage.Filled) async throws -> Bool {
        guard lists.knows(.reservation), !filled.checkIn.isEmpty else { return true }
        do {
            let answer = try await lists.get(
                .reservation, "/free", [("room", room), ("from", filled.checkIn), ("nights", "\(filled.nights)")])
            return answer.body["checkIn"]?.stringValue == filled.checkIn
        } catch let problem as WireProblem where problem.code == "participant-away" {
            return true
        }
    }

    /// The page of a booking; a link's code is kept in the browser, and taken out of the address.
    func bookingPage(
        _ held: (saga: SagaResource, code: String?), _ request: Request, _ context: GatewayContext
    ) async throws -> Response {
        let number = held.saga.serial ?? 0
        if let code = held.code, request.uri.queryParameters["code"] != nil {
            let cookie = keeper.remember(try context.admitted(), order: Int64(number), code: code)
            return PageWriter.redirect(to: PagePath.booking(number), cookies: [cookie])
        }
        let history = try await client.history(held.saga.id, limit: Self.historyMax)
        let mayCancel = context.caller.ruling(.cancel(order: Int64(number))) == .allowed
        let booking = Booking(number: number, saga: held.saga, history: history.entries)
        let live = Self.isOver(held.saga) ? nil : "/feed?booking=\(number)&after=\(history.entries.last?.number ?? 0)"
        return PageWriter.response(
            .booking(BookingPage(booking: booking, mayCancel: mayCancel)), to: request, context, live: live)
    }

    /// `POST /bookings/{number}/cancel`.
    @Sendable func cancelForm(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let saga = try await heldOrder(request, context, DoorAct.cancel).saga
        let body = try await request.members(of: context.operation, max: settings().bodyMax)
        let reason = body["reason"]?.stringValue?.trimmingSpaces ?? ""
        let number = saga.serial ?? 0
        _ = try await client.speaking(for: context.caller.front(for: Int64(number)))
            .cancel(saga.id, reason: reason.isEmpty ? "asked for at the gateway" : reason)
        return PageWriter.redirect(to: PagePath.booking(number))
    }

    static func isOver(_ saga: SagaResource) -> Bool {
        ["succeeded", "cancelled", "terminated"].contains(saga.status)
    }

    private static var tomorrow: String {
        let seconds = Int64(Date().timeIntervalSince1970 + secondsOfDay)
        return String(Timestamp(seconds: seconds).rfc3339.prefix { $0 != "T" })
    }
}

extension Gateway {
    static let keyField = "idempotency-key"

    /// The key that a form has, so that sent twice it does nothing twice.
    static func key(of body: MapValue) throws -> String? {
        let value = body[keyField] ?? .null
        if value.isNull { return nil }
        guard let key = value.stringValue, (1...128).contains(key.utf8.count),
            key.utf8.allSatisfy({ (0x21...0x7E).contains($0) })
        else {
            throw WireProblem.badRequest("\(keyField) must be 1 to 128 visible ASCII characters without spaces")
        }
        return key
    }

    static func problem(_ error: any Error) -> WireProblem? {
        switch error {
        case let problem as WireProblem: problem
        case let error as ClientError: WireProblem(error)
        default: nil
        }
    }

    /// The fields of the form that are missing or wrong.
    static func faults(of problem: WireProblem) -> Set<String>? {
        guard problem.status == 422, case .list(let items)? = problem.extensions["faults"] else { return nil }
        return Set(
            items.map { item in
                let pointer = item["pointer"]?.stringValue ?? ""
                return pointer.split(separator: "/").last.map(String.init) ?? ""
            })
    }
}
