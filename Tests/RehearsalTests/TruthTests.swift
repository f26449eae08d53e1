import SagaCore
import Testing

@testable import Rehearsal

/// The plan holds each end against what the participants answered, and not against what the saga made of it.
@Suite struct TruthTests {
    private func plan(_ change: @escaping (Outcome) -> Outcome) -> Plan {
        let explorer = Explorer(Skeleton(.order), decisionsMax: Plan.decisionsMax) {
            (saga, input, workflow, now) throws(Rejection) in
            guard case .attemptEnded(var ended) = input else { return try saga.decide(input, in: workflow, at: now) }
            ended.outcome = change(ended.outcome)
            return try saga.decide(.attemptEnded(ended), in: workflow, at: now)
        }
        return Plan(of: .order, by: explorer)
    }

    @Test func `a rule that believes strangers ends untrue, and the plan says how`() {
        let plan = plan { outcome in
            guard case .refused(let code, let message, _, _) = outcome else { return outcome }
            return .refused(code: code, message: message)
        }
        let violation = plan.violations.first { $0.kind == .untrue }
        #expect(
            violation?.text
                == "'payment.charge' of state 'Charging' may have taken effect and the saga ends in 'Cancelled' as if it had not"
        )
        #expect(
            violation?.path.map(\.text) == [
                "start", "payment.charge has no definite answer", "payment.charge is tried again",
                "payment.charge is refused with a code that nobody names",
            ])
        #expect(plan.notices.contains { $0.subject == .effects && $0.text.contains("as if it had not") })
    }

    @Test func `a rule that takes no answer for a no ends untrue`() {
        let plan = plan { outcome in
            if case .unknown = outcome { .refused(code: "none", message: "") } else { outcome }
        }
        #expect(plan.violations.contains { $0.kind == .untrue })
    }

    @Test func `the ways through strangers are told for each call, and none ends untrue`() {
        let plan = Plan(of: .reservation)
        #expect(plan.violations == [])
        let forward = plan.passages.filter { $0.call.description == "payment.charge" }
        #expect(forward.map(\.isInDoubt) == [false, true])
        for passage in forward {
            #expect(passage.ends.contains(Plan.Rest(state: "Confirmed", status: .succeeded, reason: nil)))
            #expect(passage.ends.contains(Plan.Rest(state: "Paying", status: .stuck, reason: "unrecognised")))
        }
        let calls = Set(plan.passages.map(\.call.description))
        #expect(
            calls == [
                "reservation.hold", "payment.charge", "reservation.accept", "payment.refund", "reservation.release",
            ])
    }

    @Test func `a step of which no refusal has a name is noted, and no other`() {
        #expect(Plan(of: .reservation).unnamed == [])
        let notices = Plan(of: .order).notices
        #expect(notices.map(\.subject) == [.unnamed])
        #expect(notices.first?.subject.isNote == true)
        #expect(
            notices.first?.text.hasPrefix(
                "'payment.charge' of state 'Charging' may be refused with a code that nobody names") == true)
        #expect(Plan(of: Workflow.order.changing("Charging") { $0.step?.unknown = .ask }).notices == [])
    }
}
