import Foundation
import Synchronization
import Testing

/// The production engine in a world that a seed makes. `SEEDS=100000` runs more, `FROM=100001` others, `SEED=42` one with its trace.
struct SimulationTests {
    @Test func `rules 1 to 24: no seed makes the engine break a promise`() async {
        let environment = ProcessInfo.processInfo.environment
        if let seed = environment["SEED"].flatMap(UInt64.init) {
            return report(seed)
        }
        let count = environment["SEEDS"].flatMap(UInt64.init) ?? Self.seedsDefault
        let first = environment["FROM"].flatMap(UInt64.init) ?? 1
        let failing = Mutex<[UInt64]>([])
        let seeds = Array(first..<(first + count))
        let chunks = stride(from: 0, to: seeds.count, by: 50).map { seeds[$0..<min($0 + 50, seeds.count)] }
        await onThreads(chunks.count) { chunk in
            for seed in chunks[chunk] where failing.withLock({ $0.count }) < Self.reportsMax {
                if !violations(Plan(seed: seed)).isEmpty { failing.withLock { $0.append(seed) } }
            }
        }
        for seed in failing.withLock({ $0.sorted() }) { report(seed) }
    }

    static let seedsDefault: UInt64 = 2_000
    /// So many failing seeds are enough to look at.
    private static let reportsMax = 5

    /// Fails with the seed, what is wrong, and the smallest run in which it still is.
    private func report(_ seed: UInt64) {
        let plan = Plan(seed: seed)
        let wrong = violations(plan)
        guard let check = wrong.first?.check else { return }
        let small = shrunk(plan) { violations($0).contains { $0.check == check } }
        let trace = Trace()
        let left = violations(small, trace: trace)
        let lines =
            ["seed=\(seed)"] + wrong.map { "  \($0.check.rawValue): \($0.what)" } + ["smallest run:"]
            + small.chaos.map { "  \($0)" } + ["trace:"] + trace.lines.map { "  \($0)" }
            + left.map { "  => \($0.check.rawValue): \($0.what)" }
        Issue.record("\(lines.joined(separator: "\n"))")
    }
}
