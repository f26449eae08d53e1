import Synchronization
import Testing

/// Engines with wrong rules: within 2,000 seeds the checker that is there for it must see each. One after the other, as each computes on all
/// processors.
@Suite(.serialized) struct MutantTests {
    static let all = Mutant.policies + Mutant.writers + Mutant.rules + Mutant.answers

    @Test(arguments: all)
    func `a wrong rule is caught by its checker`(_ mutant: Mutant) async {
        let isCaught = Atomic(false)
        let piece: UInt64 = 10
        await onThreads(Int(SimulationTests.seedsDefault / piece)) { index in
            for seed in (UInt64(index) * piece + 1)...((UInt64(index) + 1) * piece) {
                if isCaught.load(ordering: .relaxed) { return }
                if !violations(Plan(seed: seed), mutant: mutant, by: [mutant.tripped]).isEmpty {
                    isCaught.store(true, ordering: .relaxed)
                }
            }
        }
        if isCaught.load(ordering: .relaxed) { return }
        Issue.record("\(SimulationTests.seedsDefault) seeds, and \(mutant.tripped) sees nothing")
    }

    @Test func `each checker catches a mutant`() {
        #expect(Set(Self.all.map(\.tripped)) == Set(Check.allCases))
    }
}
