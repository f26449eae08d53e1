import Testing

/// Engines with wrong rules: within 2,000 seeds the checker that is there for it must see each. One after the other: each computes on a
/// thread that tasks run on, and those are few.
@Suite(.serialized) struct MutantTests {
    static let all = Mutant.policies + Mutant.writers + Mutant.rules

    @Test(arguments: all)
    func `a wrong rule is caught by its checker`(_ mutant: Mutant) {
        for seed in 1...SimulationTests.seedsDefault {
            if violations(Plan(seed: seed), mutant: mutant, by: [mutant.tripped]).isEmpty { continue }
            return
        }
        Issue.record("\(SimulationTests.seedsDefault) seeds, and \(mutant.tripped) sees nothing")
    }

    @Test func `each checker catches a mutant`() {
        #expect(Set(Self.all.map(\.tripped)) == Set(Check.allCases))
    }
}
