import Basics
import ControlAPI
import ControlClient
import Foundation
import TestPrograms
import Testing

/// The promise of the whole, with a network that lies: `make chaos RUNS=20 SECONDS=60`.
@Suite(.serialized) struct ChaosTests {
    @Test(.timeLimit(.minutes(60)))
    func `payment drops, delays and doubles, every program is killed: no end contradicts the ledger or the rooms`()
        async throws
    {
        let environment = ProcessInfo.processInfo.environment
        let runs = environment["CHAOS_RUNS"].flatMap(Int.init) ?? 1
        let seconds = environment["CHAOS_SECONDS"].flatMap(Int.init) ?? 10
        let seed = Chance.seed()
        for number in 0..<UInt64(runs) { try await run(seed &+ number, .seconds(seconds)) }
    }

    private func run(_ seed: UInt64, _ length: Duration) async throws {
        print("seed=\(seed) (run again with SEED=\(seed))")
        // A breaker that stays closed: the faults are to reach the sagas.
        let hotel = try await Hotel(paymentSocket: "f.sock", paymentFailures: 1_000_000)
        let proxy = try FaultProxy(at: hotel.folder.file("f.sock"), to: hotel.folder.file("p.sock"), seed: seed)
        let power = Power()
        var chance = Chance(seed: seed)
        let chances = (0..<50).map { _ in Chance(seed: chance.next()) }
        let end = ContinuousClock.now + length
        let goesOn: @Sendable () -> Bool = {
            // On a busy machine a short run would have too little of everything.
            let hasHadAll =
                power.hasKilled(["yogiyogid", "yogi-payment"]) && proxy.counts.count == Fault.allCases.count
            if ContinuousClock.now < end || !hasHadAll { return true }
            proxy.calm()
            power.over()
            return false
        }
        async let kills = kill(hotel, power, Chance(seed: seed ^ 0xDEAD))
        let outcomes = try await withThrowingTaskGroup(of: [OrderOutcome].self) { group in
            for (number, chance) in chances.enumerated() {
                group.addTask {
                    try await hotel.withClient { client in
                        try await Guest(client: client, power: power).orders(
                            number, chance, rooms: 1_000, while: goesOn)
                    }
                }
            }
            defer { power.over() }
            return try await group.reduce(into: []) { $0 += $1 }
        }
        let counts = try await kills
        proxy.drain()
        try await hotel.check(outcomes, seed)
        let sagas = try await hotel.listed()
        #expect(sagas == Set(outcomes.map(\.saga.id)), "seed=\(seed): accepted and kept are not the same")
        #expect(await hotel.daemon.terminate() == 0)
        #expect((counts["yogiyogid"] ?? 0) > 0 && (counts["yogi-payment"] ?? 0) > 0, "seed=\(seed): \(counts)")
        let ends = Dictionary(grouping: outcomes, by: \.saga.status).mapValues(\.count)
        print("  \(outcomes.count) sagas: \(text(ends)); kills: \(text(counts)); payment: \(text(proxy.counts))")
        #expect(proxy.counts.count == Fault.allCases.count, "seed=\(seed): some fault never came: \(proxy.counts)")
    }

    /// Kills until the guests go home.
    private func kill(_ hotel: Hotel, _ power: Power, _ chance: Chance) async throws -> [String: Int] {
        var chance = chance
        return try await power.kill(hotel, kills: .max, answersBetween: 20...200, &chance)
    }

    private func text(_ counts: [String: Int]) -> String {
        counts.sorted { $0.key < $1.key }.map { "\($0.key) \($0.value)" }.joined(separator: ", ")
    }
}
