import CEL
import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import Identity

extension Gateway {
    /// For how long the answer to a cancel or a rejection waits for what it comes to.
    private static let outcomeMilliseconds: Int64 = 5_000

    /// `POST /orders`: durable when it is answered; what becomes of it goes on without whoever asked.
    @Sendable func placeOrder(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let settings = settings()
        let body = try await request.members(of: context.operation, max: settings.bodyMax)
        let placed = try await place(
            try OrderRequest(body, settings.orders), key: try request.idempotencyKey(), context)
        var headers: HTTPFields = [.location: "/orders/\(placed.number)"]
        // Who has a name sees it by a role, or by its link.
        if context.caller.user == nil { headers[.setCookie] = placed.cookie }
        return order(placed.answer.saga, code: placed.code)
            .response(placed.answer.isNew == false ? .ok : .created, headers)
    }

    /// An order that was placed, with what its guest is given.
    struct Placed {
        var answer: StartAnswer
        var number: Int
        var code: String
        /// Lets the browser keep it.
        var cookie: String
    }

    func place(_ order: OrderRequest, key: String?, _ context: GatewayContext) async throws -> Placed {
        let key = key.map { context.caller.keySpace + "/" + $0 }
        let workflow = settings().orders.workflow
        let daemon = client.speaking(for: context.caller.front())
        let answer: StartAnswer
        if let day = order.checkIn {
            answer = try await daemon.start(workflow, key: key, input: order.input(checkIn: day))
        } else {
            answer = try await start(order, workflow, key: key, by: daemon)
        }
        guard let number = answer.saga.serial else {
            throw ClientError.protocolViolation("saga \(answer.saga.id) has no serial")
        }
        let entry = try context.admitted()
        let code = entry.codes.code(of: .init(workflow: workflow, saga: answer.saga.id))
        let cookie = keeper.remember(entry, order: Int64(number), code: code)
        return Placed(answer: answer, number: number, code: code, cookie: cookie)
    }

    /// An order without a day. One that is sent again under its key is for the day that it was given first: another one would be another
    /// order.
    private func start(
        _ order: OrderRequest, _ workflow: String, key: String?, by daemon: ControlClient
    ) async throws -> StartAnswer {
        if let key, let day = try await day(ofOrderWith: key, workflow, by: daemon) {
            return try await daemon.start(workflow, key: key, input: order.input(checkIn: day))
        }
        let day = try await days.first(room: order.room, nights: order.nights)
        do throws(ClientError) {
            return try await daemon.start(workflow, key: key, input: order.input(checkIn: day))
        } catch {
            // The same order came in between.
            guard case .problem(let problem) = error, problem.code == "key-conflict", let key,
                let first = try await self.day(ofOrderWith: key, workflow, by: daemon)
            else { throw error }
            return try await daemon.start(workflow, key: key, input: order.input(checkIn: first))
        }
    }

    private func day(ofOrderWith key: String, _ workflow: String, by daemon: ControlClient) async throws -> String? {
        let found = try await daemon.list(ListFilter(workflow: workflow, key: key), limit: 1)
        guard let saga = found.sagas.first else { return nil }
        return try await daemon.show(saga.id).input["checkIn"]?.stringValue
    }

    /// `GET /orders`, newest first; of a guest those that the browser keeps, all on one page.
    @Sendable func listOrders(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let query = try PageQuery(request, context)
        guard context.caller.ruling(.seeAll) == .allowed else {
            return page("orders", at: "/orders", try await ownOrders(context).map(order), query, next: nil)
        }
        var filter = ListFilter(workflow: settings().orders.workflow, state: query["status"])
        if let name = query["name"] { filter.attributes = [.init(name: "guest", value: name)] }
        let found = try await client.speaking(for: context.caller.front())
            .list(filter, limit: query.size, after: query.after)
        return page("orders", at: "/orders", found.sagas.map(order), query, next: found.next)
    }

    /// `GET /orders/{number}`.
    @Sendable func showOrder(_ request: Request, _ context: GatewayContext) async throws -> Response {
        order(try await heldOrder(request, context, DoorAct.see).saga).response()
    }

    /// `GET /bookings/{number}?code=…`: the guest's link; the code is kept in a cookie from then on.
    @Sendable func openBooking(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let held = try await heldOrder(request, context, DoorAct.see)
        if request.wantsPage { return try await bookingPage(held, request, context) }
        guard let code = held.code, let number = held.saga.serial else { return order(held.saga).response() }
        let cookie = keeper.remember(try context.admitted(), order: Int64(number), code: code)
        return order(held.saga, code: code).response(.ok, [.setCookie: cookie])
    }

    /// `PATCH /orders/{number}`: a status that speaks of cancelling cancels, and nothing else does anything.
    @Sendable func patchOrder(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let saga = try await heldOrder(request, context, DoorAct.cancel).saga
        let body = try await request.members(of: context.operation, max: settings().bodyMax)
        guard let status = body["status"]?.stringValue, status.lowercased().contains("cancel") else {
            throw WireProblem.invalid(
                "/status", "nothing but cancelling changes an order: send a status with 'cancel' in it")
        }
        return try await cancel(saga, context)
    }

    /// `DELETE /orders/{number}`: cancels it, as what has happened cannot be deleted.
    @Sendable func deleteOrder(_ request: Request, _ context: GatewayContext) async throws -> Response {
        try await cancel(try await heldOrder(request, context, DoorAct.cancel).saga, context)
    }

    private func cancel(_ saga: SagaResource, _ context: GatewayContext) async throws -> Response {
        let answer = try await client.speaking(for: context.caller.front(for: saga.serial.map { Int64($0) })).cancel(
            saga.id, reason: "asked for at the gateway", wait: Wait("ended", milliseconds: Self.outcomeMilliseconds))
        return outcome(answer)
    }

    /// What a command has come to: 200 when it is over, 202 while it is under way.
    func outcome(_ answer: CommandAnswer) -> Response {
        var order = order(answer.saga)
        order.add("answer", .string(answer.answer))
        let isOver = ["succeeded", "cancelled", "terminated"].contains(answer.saga.status)
        return order.response(isOver ? .ok : .accepted)
    }

    /// `POST /confirmations`: the hotel's word.
    @Sendable func confirm(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let key = try request.idempotencyKey()
        let body = try await request.members(of: context.operation, max: settings().bodyMax)
        let named = body["orderid"]
        guard let number = named?.intValue ?? named?.stringValue.flatMap({ Int64($0) }), number > 0 else {
            throw WireProblem.invalid("/orderid", "must be the number of an order")
        }
        let signal: String
        switch body["status"]?.stringValue?.trimmingSpaces.lowercased() {
        case "confirmed": signal = "confirm"
        case "confirmation cancel": signal = "reject"
        default: throw WireProblem.invalid("/status", "must be 'Confirmed' or 'Confirmation Cancel'")
        }
        let daemon = client.speaking(for: context.caller.front())
        let order = "\(settings().orders.workflow):\(number)"
        let wait = signal == "reject" ? Wait("ended", milliseconds: Self.outcomeMilliseconds) : nil
        let settled = Wait("settled", milliseconds: Self.outcomeMilliseconds)
        // A saga remembers the refusal of a signal with an id: not to be sent too early.
        if key != nil { _ = try await daemon.show(order, wait: settled) }
        do throws(ClientError) {
            return outcome(try await daemon.signal(order, signal, id: key, wait: wait))
        } catch {
            // The room is being held, or the card charged: the hotel's word is for what comes of it.
            guard case .problem(let problem) = error, problem.code == "signal-refused", key == nil else { throw error }
            let saga = try await daemon.show(order, wait: settled)
            guard saga.signals.contains(signal) else { throw error }
            return outcome(try await daemon.signal(order, signal, wait: wait))
        }
    }
}
