import Foundation
import Glibc
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

/// Does so many pieces of work on threads of their own, one a core: those of the tasks belong to the other tests.
private func onThreads(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) async {
    let pieces = Pieces(count)
    await withTaskGroup(of: Void.self) { group in
        for _ in 0..<max(1, ProcessInfo.processInfo.activeProcessorCount) {
            group.addTask {
                await withCheckedContinuation { continuation in
                    let body: @Sendable () -> Void = {
                        // Behind the tests that wait for each other.
                        setpriority(__priority_which_t(PRIO_PROCESS.rawValue), 0, 10)
                        while let piece = pieces.next() { work(piece) }
                        continuation.resume()
                    }
                    Thread.detachNewThread(body)
                }
            }
        }
    }
}

/// The numbers below a count, each once.
private final class Pieces: Sendable {
    private let taken = Mutex(0)
    private let count: Int

    init(_ count: Int) { self.count = count }

    func next() -> Int? {
        taken.withLock { taken in
            guard taken < count else { return nil }
            defer { taken += 1 }
            return taken
        }
    }
}

/// What every checker has to say of a run.
func violations(
    _ plan: Plan, mutant: Mutant? = nil, by checks: [Check] = Check.allCases, trace: Trace? = nil
) -> [(check: Check, what: String)] {
    do {
        let evidence = try Simulation(plan, mutant: mutant, trace: trace).run()
        return checks.flatMap { check in check.violations(evidence).map { (check, $0) } }
    } catch {
        return [(.history, "the run failed: \(error)")]
    }
}
