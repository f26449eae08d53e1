import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import Identity

extension Gateway {
    /// An order whose code is wrong is answered as one that is not there, and no sooner than this: which of the two it was could be told by
    /// the time.
    private static let refusedAfter = Duration.milliseconds(50)

    /// The header in which programs may show a code, which addresses keep in logs of others.
    private static let codeHeader = "Booking-Code"

    /// The order that the path names, for who may: by a role, or by its code.
    ///
    /// Roles are asked before the order is looked for. A code, also one that the browser keeps, is held against the order as it is now: its
    /// number may have been given again after a restore, and then the code is another's.
    /// - Returns: the code too, where it was that.
    /// - Throws: ``DoorRefusal`` and ``WireProblem``.
    func heldOrder(
        _ request: Request, _ context: GatewayContext, _ act: (Int64) -> DoorAct
    ) async throws -> (saga: SagaResource, code: String?) {
        try await heldOrder(
            try context.argument("number"), code: try shownCode(in: request, context), request, context, act)
    }

    /// The same for a number and a code that came in some other way.
    func heldOrder(
        _ text: String, code shown: String?, _ request: Request, _ context: GatewayContext, _ act: (Int64) -> DoorAct
    ) async throws -> (saga: SagaResource, code: String?) {
        guard let number = Int(text), number > 0, number <= 1 << 53 else {
            throw WireProblem.badRequest("'\(text.prefix(40))' is no number of an order")
        }
        let workflow = settings().orders.workflow
        let entry = try context.admitted()
        let act = act(Int64(number))
        let code = shown ?? entry.code(of: Int64(number))
        let byRole = context.caller.withoutOrders
        if byRole.ruling(act) == .allowed {
            let saga = try await order(number, of: workflow)
            return (saga, code.flatMap { entry.codes.proves($0, .init(workflow: workflow, saga: saga.id)) ? $0 : nil })
        }
        guard let code else {
            try context.caller.permit(act)
            throw DoorRefusal.noOrder
        }
        // By the row alone: reading a history would take longer, the longer it is.
        let found = try await client.list(ListFilter(workflow: workflow, serial: number), limit: 1).sagas.first
        let isHolder = entry.codes.proves(code, found.map { .init(workflow: workflow, saga: $0.id) })
        if let found, isHolder { return (try await client.show(found.id), code) }
        // Staff who may look and not do are told so; a guest is told nothing.
        if byRole.user?.roles.isEmpty == false { try byRole.permit(act) }
        try await Task.sleep(until: context.begun + Self.refusedAfter)
        throw DoorRefusal.noOrder
    }

    private func order(_ number: Int, of workflow: String) async throws -> SagaResource {
        do throws(ClientError) {
            return try await client.show("\(workflow):\(number)")
        } catch {
            guard case .problem(let problem) = error, problem.code == "not-found" else { throw error }
            throw DoorRefusal.noOrder
        }
    }

    /// From the query or the header.
    private func shownCode(in request: Request, _ context: GatewayContext) throws -> String? {
        if let code = try request.parameters(of: context.operation)["code"] { return code }
        return HTTPField.Name(Self.codeHeader).flatMap { request.headers[$0] }
    }

    /// The orders that the browser of a guest keeps, newest first.
    func ownOrders(_ context: GatewayContext) async throws -> [SagaListItem] {
        let entry = try context.admitted()
        let workflow = settings().orders.workflow
        var own: [SagaListItem] = []
        for number in context.caller.orders {
            let filter = ListFilter(workflow: workflow, serial: Int(number))
            guard let code = entry.code(of: number), let found = try await client.list(filter, limit: 1).sagas.first,
                entry.codes.proves(code, .init(workflow: workflow, saga: found.id))
            else { continue }
            own.append(found)
        }
        return own
    }
}
