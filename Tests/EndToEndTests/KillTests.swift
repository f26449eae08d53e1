import Basics
import CEL
import ControlAPI
import ControlClient
import TestPrograms
import Testing

/// The promise of the whole: whatever is killed, every saga ends, and its end is true of the money and the rooms.
@Suite(.serialized) struct KillTests {
    @Test(.timeLimit(.minutes(30)))
    func `fifty guests, and every program killed at random: each end is true of the ledger and the rooms`() async throws
    {
        let seed = Chance.seed()
        print("seed=\(seed) (run again with SEED=\(seed))")
        let hotel = try await Hotel()
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
        try await hotel.check(outcomes, seed)
        let sagas = try await hotel.listed()
        #expect(sagas == Set(outcomes.map(\.saga.id)), "seed=\(seed): accepted and kept are not the same")
        #expect(await hotel.daemon.terminate() == 0)
    }

    private func kill(_ hotel: Hotel, _ power: Power, _ chance: Chance) async throws -> [String: Int] {
        var chance = chance
        return try await power.kill(hotel, kills: 34, answersBetween: 3...20, &chance)
    }
}
