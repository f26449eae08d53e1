import Foundation
import Glibc
import Synchronization

/// Does so many pieces of work on threads of their own, one a core: those of the tasks belong to the other tests.
func onThreads(_ count: Int, _ work: @escaping @Sendable (Int) -> Void) async {
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
