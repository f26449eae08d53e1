import CEL
import ControlAPI
import ControlClient
import TestPrograms
import Testing

/// The promise of the whole: whatever is killed, every saga ends, and its end is true of the money and the rooms.
@Suite(.serialized) struct KillTests {
    @Test(.timeLimit(.minutes(10)))
    func `fifty guests, and every program killed at random: each end is true of the ledger and the rooms`() async throws
    {
        let seed = Chance.seed()
        print("seed=\(seed) (run again with SEED=\(seed))")
        let hotel = try Hotel()
        let power = Power()
        var chance = Chance(seed: seed)
        let chances = (0..<50).map { _ in Chance(seed: chance.next()) }

        async let kills = kill(hotel, power, Chance(seed: seed ^ 0xDEAD))
        let outcomes = try await withThrowingTaskGroup(of: [OrderOutcome].self) { group in
            for (number, chance) in chances.enumerated() {
                group.addTask {
                    try await hotel.withClient { client in
                        try await Guest(client: client, power: power).orders(number, chance)
                    }
                }
            }
            defer { power.over() }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let counts = try await kills
        print("kills: \(counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", "))")
        #expect(counts.values.reduce(0, +) >= 30, "seed=\(seed)")
        #expect((counts["yogiyogid"] ?? 0) > 0)
        try check(outcomes, hotel, seed)
        let sagas = try await listed(hotel)
        #expect(sagas == Set(outcomes.map(\.saga.id)), "seed=\(seed): accepted and kept are not the same")
        #expect(hotel.daemon.terminate() == 0)
    }

    private func kill(_ hotel: Hotel, _ power: Power, _ chance: Chance) async throws -> [String: Int] {
        var chance = chance
        return try await power.kill(hotel, kills: 34, answersBetween: 3...20, &chance)
    }

    /// What the participants say must agree with how each saga ended.
    private func check(_ outcomes: [OrderOutcome], _ hotel: Hotel, _ seed: UInt64) throws {
        for outcome in outcomes {
            #expect(["succeeded", "cancelled"].contains(outcome.saga.status), "seed=\(seed) \(outcome.saga)")
            #expect(
                outcome.saga.steps.allSatisfy { !$0.armed } || outcome.saga.status == "succeeded"
                    || outcome.saga.steps.filter(\.armed).allSatisfy { $0.call == "reservation.accept" })
        }
        let confirmed = outcomes.filter { $0.saga.status == "succeeded" }
        #expect(!confirmed.isEmpty && confirmed.count < outcomes.count, "seed=\(seed): nothing was tried")
        let paid = confirmed.reduce(0) { $0 + $1.plan.amount }
        let ledger = try hotel.ask("p.sock", "/ledger")
        #expect(
            ledger["balance"] == .int(Int64(paid)),
            "seed=\(seed): charged and not given back is not what was confirmed")

        let nights = try hotel.ask("r.sock", "/nights?limit=10000").items ?? []
        let held = nights.map { "\($0["room"].map(JSON.string) ?? "") \($0["night"].map(JSON.string) ?? "")" }
        #expect(Set(held).count == held.count, "seed=\(seed): a room and night is held twice")
        let byConfirmed = confirmed.reduce(0) { $0 + $1.plan.nights }
        #expect(nights.count == byConfirmed, "seed=\(seed): rooms are held for others than the confirmed")
        let ids = Set(confirmed.map { Value.string($0.saga.id) })
        #expect(nights.allSatisfy { night in night["sagaId"].map(ids.contains) ?? false }, "seed=\(seed)")
    }

    private func listed(_ hotel: Hotel) async throws -> Set<String> {
        try await hotel.withClient { client in
            var ids: Set<String> = []
            var after: String?
            repeat {
                let page = try await client.list(limit: 100, after: after)
                ids.formUnion(page.sagas.map(\.id))
                after = page.next
            } while after != nil
            return ids
        }
    }
}

extension Value {
    var items: [Value]? {
        if case .list(let items) = self { items } else { nil }
    }
}
