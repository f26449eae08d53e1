import SagaStore
import Testing

@testable import SagaCore
@testable import SagaEngine

/// What the loop does by itself, without a loop and without a store.
struct AgendaTests {
    private static let span: Int64 = 60_000

    private func agenda(
        _ found: [(number: Int64, due: Int64)] = [], jobs: [JobRow] = [], isPaused: Bool = false
    ) -> Agenda {
        Agenda(found: found, jobs: jobs, isPaused: isPaused, span: Self.span, at: 0)
    }

    /// What there is to do until then, in words.
    private func work(_ agenda: inout Agenda, at now: Int64) -> [String] {
        var found: [String] = []
        while let work = agenda.next(at: now) {
            switch work {
            case .again(let order): found.append("again \(number(of: order))")
            case .wake(let number): found.append("wake \(number)")
            case .recover(let number): found.append("recover \(number)")
            case .work(let job): found.append("job \(job)")
            }
        }
        return found
    }

    private func number(of order: Posted) -> Int64 {
        if case .tell(.number(let number), _) = order.ask { number } else { -1 }
    }

    private func ended(_ number: Int64) -> Posted {
        Posted(ask: .tell(.number(number), .attemptEnded(AttemptEnded(token: 1, outcome: .unknown(message: "")))))
    }

    private func woken(_ number: Int64) -> Posted { Posted(ask: .tell(.number(number), .woken)) }

    @Test func `a saga has one entry, however often its timer moves, and none after its end`() {
        var agenda = agenda()
        for due in [Int64(500), 100, 900, 300] { agenda.sagaChanged(1, due: due, isCalling: false) }
        #expect(agenda.counts.timers == 1)
        #expect(work(&agenda, at: 299) == [])
        #expect(work(&agenda, at: 300) == ["wake 1"])
        agenda.sagaChanged(1, due: 400, isCalling: false)
        agenda.sagaChanged(1, due: nil, isCalling: false)
        #expect(agenda.counts.timers == 0)
        #expect(work(&agenda, at: 10_000) == [])
    }

    @Test func `a timer that moves beyond the horizon is left to the store, but not while a call is in flight`() {
        var agenda = agenda()
        agenda.sagaChanged(1, due: 100, isCalling: false)
        agenda.sagaChanged(1, due: 60_001, isCalling: false)
        #expect(agenda.counts.timers == 0)
        agenda.sagaChanged(1, due: 60_001, isCalling: true)
        #expect(agenda.counts.timers == 1)
    }

    @Test func `timers come before recovery and jobs, the earliest first, and at one time the older saga`() {
        var job = JobRow(
            act: "retry", reason: "r", by: nil, filter: "{}", count: 10, per: 1_000,
            acceptedAt: Instant(milliseconds: 0), total: 1)
        job.id = 7
        var agenda = agenda(
            [(number: 5, due: SagaRow.inFlight), (number: 3, due: 20), (number: 9, due: 10), (number: 2, due: 20)],
            jobs: [job])
        #expect(agenda.counts.toRecover == 1)
        #expect(agenda.share(of: 8, at: 0) == 2)
        #expect(work(&agenda, at: 20) == ["wake 9", "wake 2", "wake 3", "recover 5", "job 7"])
        #expect(agenda.share(of: 8, at: 20) == 0)
    }

    @Test func `what is held goes first and alone, in order; a wake-up goes back among the timers`() {
        var agenda = agenda()
        agenda.storeRefused(ended(1), at: 50)
        agenda.storeRefused(woken(2), at: 50)
        agenda.storeRefused(ended(3), at: 50)
        agenda.cameFirst([ended(4)])
        #expect(agenda.takeHeld(max: 2).map(number) == [4, 1])
        #expect(agenda.takeHeld(max: 2).map(number) == [3])
        #expect(agenda.takeHeld(max: 2).isEmpty)
        #expect(work(&agenda, at: 50) == ["wake 2"])
    }

    @Test func `what a damaged page refused comes again after a second, or at once when the clock was set back`() {
        var agenda = agenda()
        agenda.sagaRefused(ended(1), at: 5_000)
        agenda.sagaRefused(woken(2), at: 5_000)
        #expect(work(&agenda, at: 5_999) == [])
        #expect(agenda.wakesAt(isHolding: false) == 6_000)
        #expect(work(&agenda, at: 6_000) == ["again 1", "wake 2"])
        agenda.sagaRefused(ended(1), at: 50_000)
        #expect(work(&agenda, at: 100) == ["again 1"])
    }

    @Test func `while nothing moves calls are kept back and nothing is due; they leave in order when it goes on`() {
        var agenda = agenda([(number: 1, due: 10), (number: 2, due: SagaRow.inFlight)], isPaused: true)
        #expect(work(&agenda, at: 100) == [])
        #expect(agenda.share(of: 8, at: 100) == 0)
        #expect(agenda.wakesAt(isHolding: false) == 30_000)
        #expect(agenda.callsDecided([call(1)]).isEmpty && agenda.callsDecided([call(2)]).isEmpty)
        #expect(agenda.resumed().map(\.token) == [1, 2])
        #expect(agenda.resumed().isEmpty)
        #expect(agenda.callsDecided([call(3)]).map(\.token) == [3])
        #expect(work(&agenda, at: 100) == ["wake 1", "recover 2"])
    }

    @Test func `of the calls that are kept back those go that their saga has given up, and no other of it`() {
        var agenda = agenda([], isPaused: true)
        #expect(agenda.callsDecided([call(1), call(2), call(3)]).isEmpty)
        var wanted = OpenCalls()
        wanted.sent(Attempt(token: 1, step: 3, direction: .forward, number: 1))
        wanted.sent(Attempt(token: 3, step: 5, direction: .forward, number: 1))
        agenda.sagaWants(call(1).saga, only: wanted)
        #expect(agenda.resumed().map(\.token) == [1, 3])
    }

    @Test func `later timers are read half a span before they may be due, each once`() throws {
        var agenda = agenda()
        #expect(agenda.timersWanted(span: Self.span, at: 29_999) == nil)
        let next = agenda.timersWanted(span: Self.span, at: 30_000)
        let wanted = try #require(next)
        #expect(wanted == (after: 60_000, until: 90_000))
        agenda.timersUnread(at: 30_000)
        #expect(agenda.timersWanted(span: Self.span, at: 30_999) == nil)
        #expect(agenda.timersWanted(span: Self.span, at: 31_000)?.until == 91_000)
        agenda.timersRead([(number: 4, due: 80_000)], until: 91_000, span: Self.span)
        #expect(agenda.timersWanted(span: Self.span, at: 60_999) == nil)
        #expect(work(&agenda, at: 80_000) == ["wake 4"])
        // A shorter span wants nothing that is there already.
        #expect(agenda.timersWanted(span: 10_000, at: 61_000) == nil)
        #expect(agenda.timersWanted(span: 10_000, at: 85_999) == nil)
        #expect(agenda.timersWanted(span: 10_000, at: 86_000)?.until == 96_000)
    }

    private func call(_ token: Int) -> Call {
        Call(
            saga: SagaID(high: 0, low: 0), workflow: "w", state: "S", token: token, step: 1,
            operation: Operation(participant: "p", operation: "o"), direction: .forward,
            name: CallName(number: 1, direction: .forward), key: "k", compensates: nil,
            request: [], number: 1, timeout: 1_000)
    }
}
