import Rehearsal
import SagaCore
import Testing

/// The ends as lines: `Done succeeded: payment.charge`.
private func ends(_ plan: Plan) -> [String] {
    plan.ends.map { end in
        let effects = end.effects.map { "\($0.call)\($0.isCertain ? "" : "?")" }.joined(separator: " ")
        return "\(end.state) \(end.reason ?? end.status.name): \(effects)"
    }
}

private func ways(_ violation: Plan.Violation) -> [String] {
    violation.path.map { "\($0.text) -> \($0.state) \($0.status.name)" }
}

private func line(_ notice: Plan.Notice) -> String {
    "\(notice.place): \(notice.text) [\(notice.subject.rawValue)]"
}

@Suite struct PlanTests {
    @Test func `every way through the shipped reservation ends well or says what it needs`() {
        let plan = Plan(of: .reservation)
        #expect(plan.isComplete)
        #expect(plan.situations == 1267)
        #expect(plan.violations == [])
        #expect(plan.notices == [])
        #expect(
            ends(plan) == [
                "Confirmed succeeded: reservation.hold payment.charge",
                "Confirmed succeeded: reservation.hold payment.charge reservation.accept",
                "Cancelled cancelled: ",
                "Cancelled cancelled: reservation.accept",
                "Ordered compensation-refused: reservation.hold",
                "Ordered compensation-unknown: reservation.hold",
                "Ordered unknown: reservation.hold?",
                "Ordered unrecognised: reservation.hold?",
                "Ordered unrecognised: reservation.hold",
                "Paying compensation-refused: reservation.hold",
                "Paying compensation-refused: reservation.hold payment.charge?",
                "Paying compensation-unknown: reservation.hold",
                "Paying compensation-unknown: reservation.hold payment.charge?",
                "Paying unknown: reservation.hold payment.charge?",
                "Paying unrecognised: reservation.hold",
                "Paying unrecognised: reservation.hold payment.charge?",
                "Reserved compensation-refused: reservation.hold",
                "Reserved compensation-refused: reservation.hold payment.charge",
                "Reserved compensation-refused: reservation.hold reservation.accept",
                "Reserved compensation-refused: reservation.hold payment.charge reservation.accept",
                "Reserved compensation-unknown: reservation.hold",
                "Reserved compensation-unknown: reservation.hold payment.charge",
                "Reserved compensation-unknown: reservation.hold reservation.accept",
                "Reserved compensation-unknown: reservation.hold payment.charge reservation.accept",
                "Reserved unknown: reservation.hold payment.charge reservation.accept?",
                "Reserved unrecognised: reservation.hold",
                "Reserved unrecognised: reservation.hold payment.charge",
                "Reserved unrecognised: reservation.hold reservation.accept",
                "Reserved unrecognised: reservation.hold payment.charge reservation.accept?",
                "Reserved unrecognised: reservation.hold payment.charge reservation.accept",
            ])
        #expect(plan.ends[3].effects[0].because == "reservation.release undoes the hold and its acceptance")
        #expect(plan.paths == plan.ends.reduce(0) { $0 + $1.paths })
    }

    @Test func `a plan costs few decisions, so that a load can afford it`() {
        #expect(Plan(of: .reservation).decisions < 6_000)
        #expect(Plan(of: .reservation, decisionsMax: Plan.decisionsMaxAtLoad).isComplete)
    }

    @Test func `one step has three ways to be undone, and no end with its effect unknown`() {
        let plan = Plan(of: .order)
        #expect(plan.situations == 170)
        #expect(
            ends(plan) == [
                "Done succeeded: payment.charge", "Cancelled cancelled: ",
                "Charging compensation-refused: payment.charge", "Charging compensation-unknown: payment.charge",
                "Charging unknown: payment.charge?", "Charging unrecognised: payment.charge?",
                "Charging unrecognised: payment.charge", "Open compensation-refused: payment.charge",
                "Open compensation-unknown: payment.charge", "Open unrecognised: payment.charge",
            ])
        #expect(plan.violations == [])
    }

    @Test func `an effect that nothing undoes and no reason explains is caught with the shortest way to it`() {
        let hole = Workflow.mailed.changing("Mailing") { $0.step?.compensation = .none(because: "") }
        let plan = Plan(of: hole)
        #expect(plan.violations.count == 1)
        #expect(plan.violations.first?.kind == .outstanding)
        #expect(plan.violations.first?.place == Place(line: 11, column: 3))
        #expect(
            plan.violations.first.map(ways) == [
                "start -> Charging running",
                "payment.charge succeeds -> Mailing running",
                "mail.send succeeds -> Open waiting",
                "cancel -> Cancelled compensating",
                "payment.refund succeeds -> Cancelled cancelled",
            ])
        #expect(
            plan.notices.filter { $0.subject != .unnamed }.map(line) == [
                "11:3: 'mail.send' of state 'Mailing' has succeeded and the saga ends as cancelled in 'Cancelled'; nothing undoes it, "
                    + "and no 'because:' says why; undo it with 'compensate:', or say 'compensate: none' and 'because:'; "
                    + "shortest way: start > payment.charge succeeds > mail.send succeeds > cancel > payment.refund succeeds [YG0310]"
            ])
        #expect(plan.notices.first?.subject.isFatal == true)
    }

    @Test func `with a reason the same effect is an end like others`() {
        let plan = Plan(of: .mailed)
        #expect(plan.violations == [])
        #expect(ends(plan).contains("Cancelled cancelled: mail.send"))
    }

    @Test func `an answer that is brought, or is not, ends as well as one that is asked for`() {
        let called = Workflow.order.changing("Charging") {
            $0.step?.pending = PendingRule(isCalledBack: true)
            $0.step?.unknown = .ask
        }
        let plan = Plan(of: called)
        #expect(plan.violations == [])
        #expect(plan.isComplete)
        #expect(ends(plan).contains("Charging unknown: payment.charge?"))
        #expect(ends(plan).contains("Cancelled cancelled: ") && ends(plan).contains("Done succeeded: payment.charge"))
    }

    @Test func `a situation without a way to an end is found`() {
        let trap = Workflow.order.changing("Open") {
            $0.signals = []
            $0.cancel = .refuse
        }
        let plan = Plan(of: trap)
        #expect(plan.violations.map(\.kind) == [.trap])
        #expect(plan.violations.first?.text == "from state 'Open' a saga can never end")
        #expect(
            plan.violations.first.map(ways) == [
                "start -> Charging running", "payment.charge succeeds -> Open waiting",
            ])
        #expect(
            plan.notices.filter { $0.subject != .unnamed }.map(line) == [
                "11:3: from state 'Open' a saga can never end; shortest way: start > payment.charge succeeds [YG0312]"
            ])
        #expect(plan.notices.first?.subject.isFatal == false)
    }

    @Test func `an unknown outcome under fence is settled by the compensation`() {
        let plan = Plan(of: Workflow.order.changing("Charging") { $0.step?.unknown = .fence })
        #expect(plan.violations == [])
        #expect(
            ends(plan) == [
                "Done succeeded: payment.charge", "Cancelled cancelled: ",
                "Charging compensation-refused: payment.charge?", "Charging compensation-unknown: payment.charge?",
                "Charging unknown: payment.charge?", "Charging unrecognised: payment.charge?",
                "Open compensation-refused: payment.charge", "Open compensation-unknown: payment.charge",
                "Open unrecognised: payment.charge",
            ])
    }

    @Test func `an unknown outcome under ask waits for an operator`() {
        let plan = Plan(of: Workflow.order.changing("Charging") { $0.step?.unknown = .ask })
        #expect(plan.violations == [])
        #expect(ends(plan).contains("Charging unknown: payment.charge?"))
        #expect(!ends(plan).contains { $0.hasPrefix("Cancelled cancelled: p") })
    }

    @Test func `after the pivot nothing is undone`() {
        let plan = Plan(of: Workflow.order.changing("Charging") { $0.step?.pivot = true })
        #expect(plan.violations == [])
        #expect(
            ends(plan) == [
                "Done succeeded: payment.charge", "Cancelled cancelled: ", "Charging unknown: payment.charge?",
                "Charging unrecognised: payment.charge?",
            ])
    }

    @Test func `a way back behind the pivot is an end that needs an operator`() {
        let wrong = Workflow.order.changing("Charging") { $0.step?.pivot = true }.changing("Open") {
            $0.signals.append(SignalRule(name: "reject", action: .routes([Route(to: "Cancelled")])))
        }
        #expect(ends(Plan(of: wrong)).contains("Open past-pivot: payment.charge"))
    }
}
