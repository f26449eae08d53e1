import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird

extension Gateway {
    /// An order whose code is wrong is answered as one that is not there, and no sooner than this: which of the two it was could be told by
    /// the time.
    private static let refusedAfter = Duration.milliseconds(50)

    /// The order that the path names, for who may: by a role, or by its code.
    /// - Returns: the code too, where it was that.
    /// - Throws: ``WireProblem``: 404 for a guest without the code, also when there is no such order.
    func heldOrder(
        _ request: Request, _ context: GatewayContext, or roles: [Role]
    ) async throws -> (saga: SagaResource, code: String?) {
        let text = try context.argument("number")
        guard let number = Int(text), number > 0, number <= 1 << 53 else {
            throw WireProblem.badRequest("'\(text.prefix(40))' is no number of an order")
        }
        let workflow = settings().orders.workflow
        let code = try code(of: number, in: request)
        if context.caller.has(oneOf: roles) {
            let saga = try await order(number, of: workflow)
            return (saga, code.flatMap { keys.isCode($0, workflow: workflow, saga: saga.id) ? $0 : nil })
        }
        // By the row alone: reading a history would take longer, the longer it is.
        let found = try await client.list(ListFilter(workflow: workflow, serial: number), limit: 1).sagas.first
        let isHolder = code.map { keys.isCode($0, workflow: workflow, saga: found?.id ?? "") } ?? false
        if let found, isHolder { return (try await client.show(found.id), code) }
        // Staff who may look and not do are told so; a guest is told nothing.
        if found != nil, !context.caller.roles.isEmpty {
            throw WireProblem.notAllowed("\(request.method.rawValue) /orders/\(number)", needs: roles, context.caller)
        }
        try await Task.sleep(until: context.begun + Self.refusedAfter)
        throw WireProblem.noSuchOrder(number)
    }

    private func order(_ number: Int, of workflow: String) async throws -> SagaResource {
        do throws(ClientError) {
            return try await client.show("\(workflow):\(number)")
        } catch {
            guard case .problem(let problem) = error, problem.code == "not-found" else { throw error }
            throw WireProblem.noSuchOrder(number)
        }
    }

    /// From the query, the header or the cookie.
    private func code(of number: Int, in request: Request) throws -> String? {
        if let code = try request.parameters(knowing: ["code"])["code"] { return code }
        if let field = request.headers[.authorization], field.lowercased().hasPrefix("booking ") {
            return field.dropFirst("booking ".count).trimmingSpaces
        }
        return BookingCookie(request).codes.last { $0.number == number }?.code
    }
}

/// The orders whose link a browser has opened: `1.CODE~7.CODE`.
struct BookingCookie {
    private(set) var codes: [(number: Int, code: String)] = []

    private static let name = "yogi-bookings"
    /// The newest; a cookie has 4 KiB at most.
    private static let max = 40
    private static let days = 90

    init(_ request: Request) {
        guard let text = request.cookies[Self.name]?.value else { return }
        for part in text.split(separator: "~").suffix(Self.max) {
            guard let dot = part.firstIndex(of: "."), let number = Int(part[..<dot]) else { continue }
            codes.append((number, String(part[part.index(after: dot)...])))
        }
    }

    func adding(number: Int, code: String) -> BookingCookie {
        var cookie = self
        cookie.codes.removeAll { $0.number == number }
        cookie.codes.append((number, code))
        return cookie
    }

    /// - Parameter isSecure: whether the way to the browser is encrypted.
    func field(isSecure: Bool) -> String {
        let text = codes.suffix(Self.max).map { "\($0.number).\($0.code)" }.joined(separator: "~")
        return "\(Self.name)=\(text); Path=/; Max-Age=\(Self.days * 86_400); HttpOnly; SameSite=Lax"
            + (isSecure ? "; Secure" : "")
    }
}
