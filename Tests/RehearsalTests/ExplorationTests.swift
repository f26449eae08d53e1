import Rehearsal
import SagaCore
import Testing

@Suite struct ExplorationTests {
    private func states(_ plan: Plan) -> [String] { plan.ends.map { "\($0.state) \($0.reason ?? $0.status.name)" } }

    @Test func `each condition holds and does not, whatever data it asks for`() {
        let plan = Plan(
            of: workflow(
                """
                workflow: conditions
                version: "1"
                input: { type: object, required: [vip], properties: { vip: { type: boolean } } }
                key: "${ input.vip ? 'a' : 'b' }"
                initial: Choosing
                states:
                  Choosing:
                    set: { rank: "${ input.vip ? 1 : 2 }" }
                    then: [{ when: input.vip, to: Asking }, { when: "vars.rank > 7", to: Odd }, { to: Plain }]
                  Asking:
                    call: hotel.ask
                    with: { rank: "${ vars.rank }" }
                    compensate: { call: hotel.forget, with: { was: "${ result.id }" } }
                    then: [{ when: result.ok, to: Plain }, { to: Odd }]
                    refused: [{ code: full, when: "error.message == 'x'", to: Odd }, { to: Cancelled }]
                    after: { "${ now + duration('1h') }": { when: vars.rank == 1, to: Cancelled } }
                  Plain: { end: succeeded }
                  Odd: { end: succeeded }
                  Cancelled: { end: cancelled }
                """))
        #expect(plan.violations == [])
        #expect(
            states(plan) == [
                "Plain succeeded", "Plain succeeded", "Odd succeeded", "Odd succeeded", "Cancelled cancelled",
                "Asking compensation-refused", "Asking compensation-unknown", "Asking unknown", "Asking unrecognised",
                "Asking unrecognised",
            ])
    }

    @Test func `the way names how the conditions turned out`() {
        let trap = workflow(
            """
            workflow: trap
            version: "1"
            initial: Choosing
            states:
              Choosing: { then: [{ when: input.vip, to: Done }, { to: Waiting }] }
              Waiting: { signals: { go: Done } }
              Done: { end: succeeded }
              Cancelled: { end: cancelled }
            """
        ).changing("Waiting") {
            $0.signals = []
            $0.cancel = .refuse
        }
        #expect(Plan(of: trap).violations.first?.path.map(\.text) == ["start, 'input.vip' is false"])
    }

    @Test func `loops end, and count once`() {
        let plan = Plan(
            of: workflow(
                """
                workflow: loop
                version: "1"
                initial: Booking
                states:
                  Booking:
                    call: flight.book
                    compensate: { call: flight.cancel }
                    then: Offered
                    refused: Cancelled
                  Offered:
                    signals: { again: Booking, take: Done }
                    after: { 1h: Booking }
                  Done: { end: succeeded }
                  Cancelled: { end: cancelled }
                """))
        #expect(plan.isComplete)
        #expect(plan.situations < 300)
        #expect(plan.violations == [])
        #expect(states(plan).contains("Cancelled cancelled"))
        #expect(plan.ends.first?.effects.count == 1)
    }

    @Test func `a policy that gives up is followed to its last attempt`() {
        let plan = Plan(
            of: workflow(
                """
                workflow: patience
                version: "1"
                initial: Asking
                states:
                  Asking:
                    call: hotel.ask
                    retry: { attempts: 5 }
                    compensate: { call: hotel.forget, retry: { attempts: 9 } }
                    then: Open
                    refused: [{ code: unreachable, to: Gone }, { to: Cancelled }]
                  Open: { signals: { go: Done } }
                  Done: { end: succeeded }
                  Gone: { end: succeeded }
                  Cancelled: { end: cancelled }
                """))
        #expect(
            states(plan) == [
                "Done succeeded", "Gone succeeded", "Cancelled cancelled", "Asking compensation-exhausted",
                "Asking compensation-refused", "Asking compensation-unknown", "Asking unknown", "Asking unrecognised",
                "Asking unrecognised", "Open compensation-exhausted", "Open compensation-refused",
                "Open compensation-unknown", "Open unrecognised",
            ])
    }

    @Test func `of two durations the shorter comes first, and the deadline at any point`() {
        let timers = workflow(
            """
            workflow: timers
            version: "1"
            deadline: { after: 1h, to: Late }
            initial: Waiting
            states:
              Waiting: { after: { 10m: Soon, 72h: Never }, signals: { go: Soon } }
              Soon: { signals: { go: Done } }
              Never: { end: succeeded }
              Late: { end: succeeded }
              Done: { end: succeeded }
              Cancelled: { end: cancelled }
            """)
        #expect(states(Plan(of: timers)) == ["Late succeeded", "Done succeeded", "Cancelled cancelled"])
    }

    @Test func `a deferred signal and a deferred cancel are taken later`() {
        let plan = Plan(
            of: workflow(
                """
                workflow: later
                version: "1"
                initial: Busy
                states:
                  Busy: { cancel: defer, signals: { go: Free, stop: defer } }
                  Free: { signals: { stop: Stopped, done: Done } }
                  Stopped: { end: succeeded }
                  Done: { end: succeeded }
                  Cancelled: { end: cancelled }
                """))
        #expect(states(plan) == ["Stopped succeeded", "Done succeeded", "Cancelled cancelled"])
        #expect(plan.violations == [])
    }

    @Test func `at the budget it stops and says so`() {
        let names = (1...12).map { "s\($0)" }
        let many = workflow(
            """
            workflow: many
            version: "1"
            initial: Busy
            states:
              Busy: { signals: { go: Free, \(names.map { "\($0): defer" }.joined(separator: ", ")) } }
              Free: { signals: { \(names.map { "\($0): Done" }.joined(separator: ", ")) } }
              Done: { end: succeeded }
              Cancelled: { end: cancelled }
            """)
        let plan = Plan(of: many, decisionsMax: 1_000)
        #expect(!plan.isComplete)
        #expect((1_000...1_020).contains(plan.decisions))
        #expect(plan.violations == [])
        #expect(plan.notices.map(\.subject) == [.incomplete])
        #expect(plan.notices.first?.place == Place(line: 1, column: 1))
    }
}
