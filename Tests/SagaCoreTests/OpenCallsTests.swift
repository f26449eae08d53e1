import CEL
import Testing

@testable import SagaCore

/// A saga may have several calls without an answer, one at most for each step.
struct OpenCallsTests {
    private static let at = Instant(milliseconds: 1_000)

    private static func attempt(_ token: Int, of step: Int, _ direction: Direction = .forward) -> Attempt {
        Attempt(token: token, step: step, direction: direction, number: 1)
    }

    private static func retry(of step: Int, due: Int64) -> Retry {
        Retry(step: step, direction: .forward, due: Instant(milliseconds: due))
    }

    @Test func `each step has one call, and what comes takes the place of what was`() {
        var calls = OpenCalls()
        #expect(calls.isEmpty && !calls.isCalling)
        calls.sent(Self.attempt(1, of: 7))
        calls.sent(Self.attempt(2, of: 3))
        calls.willRetry(Self.retry(of: 5, due: 9))
        #expect(calls.attempts.map(\.step) == [3, 7] && calls.retries.map(\.step) == [5] && calls.isCalling)
        #expect(calls.attempt(token: 1)?.step == 7 && calls.attempt(token: 3) == nil)
        #expect(calls.attempt(of: 3)?.token == 2 && calls.attempt(of: 5) == nil && calls.contains(5))
        calls.willRetry(Self.retry(of: 7, due: 8))
        calls.sent(Self.attempt(4, of: 3, .compensation))
        #expect(calls.attempts == [Self.attempt(4, of: 3, .compensation)])
        #expect(calls.nextRetry?.step == 7 && calls.retry(of: 5)?.due.milliseconds == 9)
        calls.settled(3)
        #expect(!calls.isCalling && !calls.isEmpty)
        calls.gaveUp()
        #expect(calls == OpenCalls())
    }

    @Test func `of retries at one time that of the oldest step is next`() {
        var calls = OpenCalls()
        for (step, due) in [(9, 5), (4, 5), (6, 5), (2, 6)] as [(Int, Int64)] {
            calls.willRetry(Self.retry(of: step, due: due))
        }
        #expect(calls.nextRetry?.step == 4)
    }

    /// Two steps whose calls are both in flight, as branches side by side will have them.
    private static var twoInFlight: [Record] {
        let id = SagaID(milliseconds: 1, counter: 0, random: 1)
        let pay = Operation(participant: "pay", operation: "charge")
        return [
            .started(
                .init(id: id, key: "k", workflow: "trip", version: "1", digest: "d", input: .map(MapValue([])))),
            .entered(state: "Booking"),
            .stepArmed(state: "Flight", call: pay, request: Document(bytes: Array("1".utf8))),
            .attempted(step: 3, direction: .forward, number: 1, token: 1),
            .stepArmed(state: "Hotel", call: pay, request: Document(bytes: Array("2".utf8))),
            .attempted(step: 5, direction: .forward, number: 1, token: 2),
        ]
    }

    private static func folded(_ records: [Record]) throws -> Saga {
        try Saga.fold(records.map { (at: at, record: $0) })
    }

    @Test func `a history with two calls in flight folds to both, and each ends by its own token`() throws {
        let both = try Self.folded(Self.twoInFlight)
        #expect(both.openCalls.attempts.map(\.token) == [1, 2] && both.status == .running && both.due == nil)
        let failed = Tries(
            step: 3, direction: .forward, kind: .unknown, messages: ["gone"], attempts: 1, token: 1, first: Self.at)
        let due = Self.at + 500
        let one = try Self.folded(
            Self.twoInFlight + [.unanswered(failed), .retrySet(step: 3, direction: .forward, due: due)])
        // The other's call is in flight still, and its token is the newest.
        #expect(one.openCalls.attempts.map(\.token) == [2] && one.lastToken == 2)
        #expect(one.openCalls.nextRetry?.step == 3 && one.due == due && one.status == .running)
        let done = try Self.folded(
            Self.twoInFlight + [.succeeded(step: 5, direction: .forward, result: nil)])
        #expect(done.openCalls.attempts.map(\.token) == [1] && done.step(5)?.effect == .succeeded)
    }

    @Test func `an end is taken by the call that has its token, whichever was armed first`() throws {
        let workflow = Workflow(
            name: "trip", version: "1", initial: "Booking",
            states: [
                State(
                    name: "Flight",
                    step: Step(
                        call: Operation(participant: "pay", operation: "charge"), compensation: .none(because: "free")))
            ])
        let both = try Self.folded(Self.twoInFlight)
        for (token, step) in [(1, 3), (2, 5)] {
            let ended = AttemptEnded(token: token, outcome: .unreached(message: "down"))
            let after = try both.decide(.attemptEnded(ended), in: workflow, at: Self.at).saga
            #expect(after.openCalls.attempts.map(\.token) == [3 - token])
            #expect(after.tries?.step == step)
        }
        let late = try both.decide(
            .attemptEnded(AttemptEnded(token: 9, outcome: .unreached(message: "down"))), in: workflow, at: Self.at)
        #expect(late.saga.openCalls == both.openCalls)
    }
}
