import CEL
import ControlAPI
import ControlClient

/// What one guest does with one order; all of it follows from the seed.
struct OrderPlan: Sendable {
    var key: String
    var card: String
    var room: Int
    var day: Int
    var nights: Int
    var amount: Int
    var ending: Ending
    /// How often a guest looks before a cancel at any moment.
    var looks: Int

    enum Ending: Sendable, CaseIterable {
        case confirm, reject, cancelAtOnce, cancelSometime, cancelWhenReserved, confirmAndCancel, rejectAndCancel
    }

    /// - Parameter rooms: how many there are; few make guests meet.
    init(guest: Int, order: Int, rooms: Int = 40, _ chance: inout Chance) {
        key = "guest-\(guest)-\(order)"
        // Good, declined, 503 twice, answers too late.
        let cards = ["4111111111111111", "4000000000000002", "4000000000000119", "4000000000009995"]
        card = Int.random(in: 0..<10, using: &chance) < 7 ? cards[0] : cards[Int.random(in: 1..<4, using: &chance)]
        room = Int.random(in: 1...rooms, using: &chance)
        day = Int.random(in: 10...25, using: &chance)
        nights = Int.random(in: 1...3, using: &chance)
        amount = Int.random(in: 1...500, using: &chance) * 100
        ending = Ending.allCases.randomElement(using: &chance) ?? .confirm
        looks = Int.random(in: 0...40, using: &chance)
    }

    var input: Value {
        .map(
            MapValue([
                ("name", .string(key)), ("cardNo", .string(card)), ("room", .string("\(room)")),
                ("checkIn", .string("2027-03-\(day)")), ("nights", .int(Int64(nights))),
                ("amount", .int(Int64(amount))),
            ]))
    }
}

/// An order that was accepted, and how it ended.
struct OrderOutcome: Sendable {
    var plan: OrderPlan
    var saga: SagaResource
}

/// A guest whose every request may meet a daemon that is just being killed.
struct Guest: Sendable {
    let client: ControlClient
    let power: Power

    /// Orders four times at least, and until all the kills are done.
    func orders(_ guest: Int, _ chance: Chance) async throws -> [OrderOutcome] {
        try await orders(guest, chance, rooms: 40, atLeast: 4, while: { !power.isDone })
    }

    /// Orders for as long as it goes on.
    func orders(
        _ guest: Int, _ chance: Chance, rooms: Int, atLeast: Int = 1, while goesOn: () -> Bool
    ) async throws -> [OrderOutcome] {
        var chance = chance
        var outcomes: [OrderOutcome] = []
        while outcomes.count < atLeast || goesOn() {
            let plan = OrderPlan(guest: guest, order: outcomes.count, rooms: rooms, &chance)
            outcomes.append(try await order(plan))
        }
        return outcomes
    }

    /// Carries a plan out, to the saga's end.
    func order(_ plan: OrderPlan) async throws -> OrderOutcome {
        // The key makes it safe to ask again when the answer was lost.
        let id = try await insist { () async throws(ClientError) in
            try await client.start("reservation", key: plan.key, input: plan.input)
        }.saga.id
        switch plan.ending {
        case .cancelAtOnce:
            try await cancel(id)
        case .cancelSometime:
            for _ in 0..<plan.looks { _ = try await look(id) }
            try await cancel(id)
        case .confirm, .reject, .cancelWhenReserved, .confirmAndCancel, .rejectAndCancel:
            if try await get(id, to: "Reserved").state == "Reserved" { try await decide(plan.ending, id) }
        }
        var saga = try await get(id, to: "ended")
        if saga.status == "waiting" {
            // The decision was refused, as the state had changed; a guest who wants out cancels.
            try await cancel(id)
            saga = try await get(id, to: "ended")
        }
        return OrderOutcome(plan: plan, saga: saga)
    }

    private func decide(_ ending: OrderPlan.Ending, _ id: String) async throws {
        switch ending {
        case .confirm: try await signal(id, "confirm")
        case .reject: try await signal(id, "reject")
        case .confirmAndCancel:
            async let confirmed: Void = signal(id, "confirm")
            async let cancelled: Void = cancel(id)
            _ = try await (confirmed, cancelled)
        case .rejectAndCancel:
            async let rejected: Void = signal(id, "reject")
            async let cancelled: Void = cancel(id)
            _ = try await (rejected, cancelled)
        case .cancelAtOnce, .cancelSometime, .cancelWhenReserved: try await cancel(id)
        }
    }

    private func look(_ id: String) async throws -> SagaResource {
        try await insist { () async throws(ClientError) in try await client.show(id) }
    }

    /// Long polls until the saga is there, or over.
    private func get(_ id: String, to goal: String) async throws -> SagaResource {
        while true {
            let saga = try await insist { () async throws(ClientError) in
                try await client.show(id, wait: Wait(goal, milliseconds: 20_000))
            }
            if saga.reached { return saga }
        }
    }

    private func signal(_ id: String, _ name: String) async throws {
        _ = try await insist(orRefused: ["signal-refused"]) { () async throws(ClientError) in
            try await client.signal(id, name, id: "the-hotel")
        }
    }

    private func cancel(_ id: String) async throws {
        _ = try await insist(orRefused: ["too-late"]) { () async throws(ClientError) in try await client.cancel(id) }
    }

    private func insist<T: Sendable>(_ ask: () async throws(ClientError) -> T) async throws -> T {
        guard let answer = try await insist(orRefused: [], ask) else { throw CancellationError() }
        return answer
    }

    /// Asks until there is an answer; `nil` for a refusal that is one.
    private func insist<T: Sendable>(
        orRefused refusals: [String], _ ask: () async throws(ClientError) -> T
    ) async throws -> T? {
        while true {
            do throws(ClientError) {
                let answer = try await ask()
                power.progressed()
                return answer
            } catch {
                switch error {
                case .problem(let problem) where refusals.contains(problem.code):
                    power.progressed()
                    return nil
                case .unreachable, .interrupted: break
                case .problem(let problem) where problem.status == 503 || problem.status == 429: break
                default: throw error
                }
            }
            // Another guest has failed: this one must not ask for ever.
            try Task.checkCancellation()
            await power.whenUp()
        }
    }
}
