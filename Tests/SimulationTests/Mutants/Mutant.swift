import SagaCore
import Testing

@testable import SagaEngine

/// An engine with a wrong rule. The simulator must see it: a checker that no mutant trips proves nothing.
struct Mutant: Sendable, CustomTestStringConvertible {
    let name: String
    /// The checker that must catch it.
    let tripped: Check
    var inboxMax: Int?
    var waitersMax: Int?
    var leavesParked: LeavesParked?
    /// The wrong rule, which may look at and act on the world that it runs in.
    var rule: @Sendable (Simulation) -> Writer.Decide = { Mutant.production($0.plan.sagaLimits) }

    /// What a lane does with a call that its saga has given up.
    enum LeavesParked { case inTheirLanes, withoutAWord }

    var testDescription: String { name }

    static func production(_ limits: SagaLimits) -> Writer.Decide {
        { (saga, input, workflow, now) throws(Rejection) in
            try saga.decide(input, in: workflow, at: now, limits: limits)
        }
    }
}
