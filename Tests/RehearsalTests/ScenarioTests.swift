import CEL
import Rehearsal
import SagaCore
import Testing

private let charge = SagaCore.Operation(participant: "payment", operation: "charge")
private let refund = SagaCore.Operation(participant: "payment", operation: "refund")

private func answer(_ result: String = "{}") -> ScriptedAnswer.Kind {
    .succeeded(result: Document(bytes: Array(result.utf8)))
}

private func expecting(_ change: (inout Expected) -> Void) -> Expected {
    var expected = Expected()
    change(&expected)
    return expected
}

private let confirm = Act.Deed.signal(name: "confirm", data: .null, id: nil)

@Suite struct ScenarioTests {
    @Test func `a scenario that comes to what it must is good`() {
        let scenario = Scenario(
            name: "confirmed", input: .map(MapValue()), acts: [Act(confirm, .when("Open"), delay: 60_000)],
            expected: expecting {
                $0.state = "Done"
                $0.status = .succeeded
                $0.states = ["Charging", "Open", "Done"]
                $0.calls = ["payment.charge"]
                $0.effects = ["payment.charge"]
            })
        let verdict = Verdict(scenario, in: .order, crashes: true)
        #expect(verdict.isGood, "\(verdict)")
        #expect(verdict.performance.elapsed == 60_000)
        #expect(verdict.performance.answers == ["handled"])
        #expect(
            verdict.performance.commits.map(\.text) == [
                "start", "payment.charge succeeded", "signal 'confirm' when Open + 1m",
            ])
        // Before and after each of three commits, and after the sends of the first.
        #expect(verdict.crashes == 7)
    }

    @Test func `every expectation that is not met is told with what was`() {
        let scenario = Scenario(
            name: "wrong", input: .map(MapValue()),
            answers: [charge: [ScriptedAnswer(.refused(code: "card-declined", message: "no"))]],
            acts: [Act(.cancel(reason: nil), .when("Open"))],
            expected: expecting {
                $0.state = "Done"
                $0.status = .succeeded
                $0.states = ["Charging", "Done"]
                $0.calls = []
                $0.effects = ["payment.charge"]
                $0.vars = MapValue([("a", .int(1))])
                $0.reason = "expression"
            })
        let lines = Verdict(scenario, in: .order).differences.map { "\($0.what): \($0.expected) | \($0.actual)" }
        #expect(
            lines == [
                "state: Done | Cancelled", "status: succeeded | cancelled", "reason: expression | none",
                "states: Charging, Done | Charging, Cancelled", "calls: none | payment.charge",
                "effects: payment.charge | none", "vars.a: 1 | not there",
                "act: cancel when Open | its moment never came",
            ])
    }

    @Test func `a call that was done and not answered is done once`() {
        let scenario = Scenario(
            name: "lost", input: .map(MapValue()),
            answers: [charge: [ScriptedAnswer(.lost(result: Document(bytes: Array("{}".utf8))))]],
            acts: [Act(confirm, .when("Open"))])
        let verdict = Verdict(scenario, in: .order, crashes: true)
        #expect(verdict.performance.effects == ["payment.charge"])
        #expect(verdict.performance.calls == ["payment.charge"])
        #expect(verdict.contradictions == [])
    }

    @Test func `what is undone is gone, newest first`() {
        let scenario = Scenario(
            name: "undone", input: .map(MapValue()),
            acts: [Act(.cancel(reason: nil), .during(charge), answer: "accepted")])
        let verdict = Verdict(scenario, in: .order, crashes: true)
        #expect(verdict.isGood, "\(verdict)")
        #expect(verdict.performance.end == "Cancelled (cancelled)")
        #expect(verdict.performance.calls == ["payment.charge", "payment.refund"])
        #expect(verdict.performance.effects == [])
    }

    @Test func `under fence a request that arrives behind its compensation is refused by the tombstone`() {
        let fenced = Workflow.order.changing("Charging") { $0.step?.unknown = .fence }
        let scenario = Scenario(
            name: "fenced", input: .map(MapValue()),
            answers: [charge: [ScriptedAnswer(answer(), arrives: 30_000)]],
            acts: [Act(.cancel(reason: nil), .during(charge), delay: 1_000, answer: "accepted")],
            expected: expecting {
                $0.state = "Cancelled"
                $0.status = .cancelled
                $0.calls = ["payment.charge", "payment.refund"]
                $0.effects = []
            })
        let verdict = Verdict(scenario, in: fenced, crashes: true)
        #expect(verdict.isGood, "\(verdict)")
        #expect(verdict.performance.elapsed >= 30_000)
    }

    @Test func `under ask a late answer settles, and nobody is asked any more`() {
        let asked = Workflow.order.changing("Charging") { $0.step?.unknown = .ask }
        let scenario = Scenario(
            name: "asked", input: .map(MapValue()),
            answers: [charge: [ScriptedAnswer(answer(), after: 20_000, isLate: true)]],
            expected: expecting {
                $0.state = "Open"
                $0.status = .waiting
                $0.effects = ["payment.charge"]
            })
        let verdict = Verdict(scenario, in: asked)
        #expect(verdict.isGood, "\(verdict)")
    }

    @Test func `the guest is told the first answer when the daemon dies before it could answer`() {
        let scenario = Scenario(
            name: "told", input: .map(MapValue()), acts: [Act(.cancel(reason: nil), .when("Open"), answer: "accepted")])
        let verdict = Verdict(scenario, in: .order, crashes: true)
        #expect(verdict.isGood, "\(verdict)")
    }

    @Test func `a crash that changes the end is told with its place`() {
        // Nobody was ever reached, so nothing happened; a crash makes that unknown, and nothing but an answer settles it.
        let scenario = Scenario(
            name: "gone", input: .map(MapValue()), answers: [charge: [ScriptedAnswer(.unreached)]],
            expected: expecting { $0.state = "Cancelled" })
        let hasty = Workflow.order.changing("Charging") {
            $0.after = [TimerRule(name: "3s", due: .after(milliseconds: 3_000), route: Route(to: "Cancelled"))]
        }
        let verdict = Verdict(scenario, in: hasty, crashes: true)
        #expect(verdict.differences == [])
        #expect(!verdict.isGood)
        let first = verdict.contradictions.first
        #expect(first?.crash == Crash(.afterCommit, commit: 1))
        #expect(first?.commit == "start")
        #expect(first?.differences.first?.actual.hasPrefix("it goes on without end: 5000 inputs in ") == true)
        #expect(first?.differences.dropFirst().first?.expected == "Cancelled (cancelled)")
        #expect(first?.differences.dropFirst().first?.actual == "Charging (running)")
    }

    @Test func `a story without an end is not played again for each crash`() {
        let scenario = Scenario(name: "endless", input: .map(MapValue()), answers: [charge: [ScriptedAnswer(.unknown)]])
        let endless = Workflow.order.changing("Charging") { $0.after = [] }
        let verdict = Verdict(scenario, in: endless, crashes: true)
        #expect(verdict.differences.map(\.what) == ["play"])
        #expect(verdict.crashes == 0)
        #expect(verdict.crashesLeftOut > 10_000)
        #expect(!verdict.isGood)
    }

    @Test func `of a long story as many crashes are tried as the budget allows, spread over all of it`() {
        let scenario = Scenario(
            name: "long", input: .map(MapValue()), until: 3_600_000, answers: [charge: [ScriptedAnswer(.unknown)]])
        let endless = Workflow.order.changing("Charging") { $0.after = [] }
        let all = Verdict(scenario, in: endless, crashes: true)
        #expect(all.crashesLeftOut == 0 && all.crashes > 300)
        let some = Verdict(scenario, in: endless, crashes: true, inputsMax: all.performance.inputs * 10)
        #expect((5...10).contains(some.crashes))
        #expect(some.crashes + some.crashesLeftOut == all.crashes)
        #expect(some.isGood)
        // A crash makes this one endless, which the budget for nine plays of the short story does not hold nine times.
        let gone = Scenario(name: "gone", input: .map(MapValue()), answers: [charge: [ScriptedAnswer(.unreached)]])
        let hasty = Workflow.order.changing("Charging") {
            $0.after = [TimerRule(name: "3s", due: .after(milliseconds: 3_000), route: Route(to: "Cancelled"))]
        }
        let first = Verdict(gone, in: hasty, crashes: true, inputsMax: 100)
        #expect(first.contradictions.count == 1)
        #expect(first.crashesLeftOut > 0)
    }

    @Test func `an answer holds until its time, then the next one does`() {
        let scenario = Scenario(
            name: "back", input: .map(MapValue()),
            answers: [charge: [ScriptedAnswer(.unreached, until: 300_000), ScriptedAnswer(answer())]],
            acts: [Act(confirm, .when("Open"))])
        let verdict = Verdict(scenario, in: .order, crashes: true)
        #expect(verdict.isGood, "\(verdict)")
        #expect(verdict.performance.end == "Done (succeeded)")
        #expect((300_000...340_000).contains(verdict.performance.elapsed))
    }

    @Test func `a stop before the end shows where it waits`() {
        let scenario = Scenario(name: "stop", input: .map(MapValue()), until: 3_600_000)
        let performance = Verdict(scenario, in: .order).performance
        #expect(performance.end == "Open (waiting)")
    }

    @Test func `a refund that is refused leaves a saga that says so`() {
        let scenario = Scenario(
            name: "stuck", input: .map(MapValue()),
            answers: [refund: [ScriptedAnswer(.refused(code: "closed", message: "gone"))]],
            acts: [Act(.cancel(reason: nil), .when("Open"))])
        let verdict = Verdict(scenario, in: .order)
        #expect(verdict.performance.end == "Open (stuck, compensation-refused)")
        #expect(verdict.differences.map(\.what) == ["stuck"])
    }

    @Test func `a start that does not fit is a fault of the scenario`() {
        let scenario = Scenario(name: "bad", input: .map(MapValue()))
        let verdict = Verdict(scenario, in: .reservation)
        #expect(verdict.performance.end == "no saga")
        #expect(verdict.differences.first?.actual.hasPrefix("start: the input does not fit the workflow: ") == true)
    }
}
