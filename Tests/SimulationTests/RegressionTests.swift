import SagaCore
import SagaEngine
import Testing

/// What the simulator found, as the smallest runs that showed it.
struct RegressionTests {
    @Test func `rule 21: a timer beyond the horizon fires while a call is in flight`() {
        let state = State(
            name: "A", step: step(timeout: 60_000), then: [Route(to: "Done")],
            refused: [RefusedRoute(route: Route(to: "Undone"))],
            after: [TimerRule(name: "10s", due: .after(milliseconds: 10_000), route: Route(to: "Undone"))])
        expectNothing(plan(state, horizon: 2_000, chaos: [.message(number: 1, .answerLost)]))
    }

    @Test func `rule 21: a timer that was due before 1970 fires after a restart too`() {
        let due = TimerRule.Due.after(milliseconds: -Simulation.beginning - 100_000)
        let state = State(
            name: "A", signals: [SignalRule(name: "go", action: .routes([Route(to: "Done")]))],
            after: [TimerRule(name: "past", due: due, route: Route(to: "Done"))])
        // The process dies when the start is kept and the timer has not fired.
        expectNothing(plan(state, horizon: 2_000, chaos: [.crash(at: 0, points: 2)]))
    }

    @Test func `what waits for the store is not put off by a clock that is set back`() {
        let state = State(name: "A", step: step(timeout: 300), then: [Route(to: "Done")])
        let chaos: [Chaos] = [.write(number: 2, .fails(times: 1, as: "full")), .jump(at: 100, by: -3_600_000)]
        expectNothing(plan(state, horizon: 2_000, chaos: chaos), calm: 20_000)
    }

    @Test func `a wake-up that could not be written is not lost when the clock is set back`() {
        let due = TimerRule(name: "200ms", due: .after(milliseconds: 200), route: Route(to: "Done"))
        let state = State(
            name: "A", signals: [SignalRule(name: "go", action: .routes([Route(to: "Done")]))], after: [due])
        let chaos: [Chaos] = [.write(number: 2, .fails(times: 2, as: "locked")), .jump(at: 300, by: -30_000)]
        expectNothing(plan(state, horizon: 2_000, chaos: chaos), calm: 40_000)
    }

    @Test func `what was turned away is fenced off, as a network may bring it once more`() {
        let state = State(name: "A", step: step(timeout: 300, unknown: .fence), then: [Route(to: "Done")])
        let chaos: [Chaos] = [.message(number: 1, .turnedAway(again: 3_000)), .cancel(at: 60, saga: 0)]
        expectNothing(plan(state, horizon: 2_000, chaos: chaos), calm: 5_000)
    }

    @Test func `what was turned away and brought again is not sent to one that may have forgotten its key`() {
        let state = State(name: "A", step: step(timeout: 300, unknown: .fence), then: [Route(to: "Done")])
        let chaos: [Chaos] = [
            .message(number: 1, .turnedAway(again: 3_000)),
            .stranger(at: 20, participant: "p0", staysFor: 15_000, .forbidden),
        ]
        var plan = plan(state, horizon: 2_000, chaos: chaos)
        plan.manners["p0"] = Manners(keys: 2_000)
        plan.calmAt = 20_000
        expectNothing(plan)
        #expect(violations(plan, mutant: .sendsWhatWasTurnedAway).contains { $0.check == .effects })
    }

    private func step(timeout: Int64, unknown: Step.UnknownRule = .redrive) -> Step {
        Step(
            call: Operation(participant: "p0", operation: "do"), timeout: timeout, unknown: unknown,
            compensation: .call(.init(call: Operation(participant: "p0", operation: "undo"))))
    }

    private func plan(_ state: State, horizon: Int64, chaos: [Chaos]) -> Plan {
        let workflow = Workflow(
            name: "w", version: "1", digest: "d", initial: "A",
            states: [state, State(name: "Done", end: .succeeded), State(name: "Undone", end: .cancelled)],
            cancelTarget: "Undone")
        return Plan(
            seed: 1, workflows: [workflow], participants: ["p0": .fencing],
            limits: EngineLimits(inboxMax: 6, waitersMax: 3, horizon: horizon),
            chaos: [.start(at: 1, saga: 0, workflow: 0)] + chaos, calmAt: 1_000)
    }

    /// - Parameter calm: milliseconds after the beginning by which all must have ended by itself.
    private func expectNothing(_ plan: Plan, calm: Int64? = nil) {
        let trace = Trace()
        let wrong = violations(plan, trace: trace).map(\.what)
        #expect(wrong.isEmpty, "\(trace.lines.joined(separator: "\n"))")
        if let calm, let last = trace.lines.last(where: { $0.contains("ended ") }),
            let at = Int64(last.prefix { $0 != " " })
        {
            #expect(at < calm, "\(trace.lines.joined(separator: "\n"))")
        }
    }
}
