import CEL
import ControlAPI
import SagaCore

@testable import Pages

extension Samples {
    var booking: Booking { Booking(number: 17, saga: undone, history: history) }

    var status: StatusResource {
        StatusResource(
            version: mark("1.0"), uptime: 86_400, pid: 7,
            sagas: MapValue([("running", .int(1_190)), ("stuck", .int(2))]),
            backlog: 3, inputs: 100_000, commits: 50_000,
            participants: [
                .init(
                    name: mark("payment"), url: mark("http://127.0.0.1:8002"), inFlight: 0, queued: 212,
                    breaker: "open",
                    parked: ParkedResource(
                        calls: 212, since: "2027-01-12T05:02:00.000Z", error: mark("503 Service Unavailable"))),
                .init(
                    name: mark("reservation"), url: mark("unix:/run/reservation.sock"), inFlight: 3, queued: 0,
                    breaker: "closed"),
            ], limits: MapValue(), storeBytes: 1_000_000, storeTrouble: mark("disk full"), paused: true)
    }

    /// An hour in which payments fell to nothing two minutes ago.
    var minutes: [MinuteCounts] {
        (0..<60).map { minute in
            let wave = [12, 14, 11, 15, 17, 13][minute % 6]
            return MinuteCounts(
                starts: wave + 20, ends: ["succeeded": wave, "cancelled": minute % 4], stepMedian: 4 + minute % 3,
                stepSlow: 400 + 30 * (minute % 7), backlog: minute % 5,
                calls: [mark("payment"): minute < 57 ? wave : 0, mark("reservation"): wave * 2])
        }
    }

    func effect(_ call: String, _ outcome: String) -> EffectResource {
        EffectResource(
            saga: id, workflow: mark("reservation"), status: "compensating", step: 8, state: mark("Paying"), call: call,
            participant: mark("payment"), outcome: outcome, since: "2027-01-12T04:23:00.000Z", key: mark("\(id).8"),
            undo: refund)
    }

    var operations: OperationsPage {
        OperationsPage(
            status: status,
            attention: [item("stuck", "Dan"), item("stuck", "Fay", updatedAt: "2027-01-12T02:00:00.000Z")],
            effects: [effect(charge, "unknown"), effect(charge, "undoing"), effect(hold, "undoing")], minutes: minutes,
            held: [mark("reservation")])
    }

    var trial: ActTrial {
        ActTrial(
            act: "settle",
            dryRun: .would(
                OperateAnswer(
                    answer: "accepted", saga: undone, records: [],
                    calls: [.init(call: refund, step: 8, direction: "compensation", attempt: 4, key: mark("\(id).8"))],
                    effects: [effect(hold, mark("succeeded"))])), steps: stuck.steps)
    }

    var workflows: WorkflowList {
        WorkflowList(workflows: [
            WorkflowResource(
                name: mark("reservation"), version: mark("2"), digest: "0123456789012345",
                summary: mark("A guest books."),
                current: true, liveSagas: 1_190),
            WorkflowResource(
                name: mark("reservation"), version: mark("1"), digest: "9876543210987654",
                summary: mark("A guest books."),
                current: false, liveSagas: 14),
        ])
    }

    var job: JobResource {
        JobResource(
            id: 4, act: "retry", status: "running", reason: mark("the bank is back"), by: mark("user:ada"),
            filter: MapValue(), rate: mark("50/s"), acceptedAt: Self.now, endedAt: nil, total: 212, done: 40,
            refused: 1,
            failed: 0, left: 171)
    }

    var rooms: [BookPage.Room] {
        [
            .init(number: mark("101"), summary: mark("Double, garden"), price: 100_000, isFree: true),
            .init(number: mark("103"), summary: mark("Double, sea"), price: 150_000, isFree: true),
            .init(number: mark("204"), summary: mark("Single"), price: 80_000, isFree: false),
        ]
    }

    typealias Sample = (name: String, audience: PageFrame.Audience, page: Page)

    /// Every page in every state that looks different.
    var pages: [Sample] { guestPages + deskPages + operationsPages + sagaPages + workflowPages }

    private var problem: WireProblem {
        WireProblem(mark("store"), status: 503, title: mark("No room"), detail: mark("the disk is full"))
    }

    private var quiet: StatusResource {
        var quiet = status
        quiet.paused = false
        quiet.storeTrouble = nil
        return quiet
    }

    private var early: Booking { Booking(number: 12, saga: waiting, history: Array(history.prefix(15))) }

    private var guestPages: [Sample] {
        let filled = BookPage.Filled(name: mark("Ada"), room: mark("103"), checkIn: "2027-01-15", nights: 2)
        let faults: Set = ["name", "cardNo", "nights", mark("other")]
        return [
            ("book", .guest, .book(BookPage(rooms: rooms, filled: filled))),
            ("book-faults", .guest, .book(BookPage(rooms: rooms, filled: filled, faults: faults))),
            ("book-full", .guest, .book(BookPage(rooms: [], filled: filled, faults: faults))),
            ("booking", .guest, .booking(BookingPage(booking: booking))),
            ("booking-waiting", .guest, .booking(BookingPage(booking: early))),
            ("problem", .guest, .problem(ProblemPage(problem: problem, money: .returning, amount: mark("300")))),
        ]
    }

    private var deskPages: [Sample] {
        let pending = DeskPage.Pending(
            number: 9, guest: mark("Bo"), isConfirm: true, until: "2027-01-12T05:04:27.000Z")
        let full = DeskPage(waiting: [early, other(15), other(18)], more: 2, arrivals: [other(8)], pending: [pending])
        return [("desk", .desk, .desk(full)), ("desk-empty", .desk, .desk(DeskPage(waiting: [])))]
    }

    private var operationsPages: [Sample] {
        [
            ("operations", .operations, .operations(operations)),
            (
                "operations-quiet", .operations,
                .operations(OperationsPage(status: quiet, attention: [], effects: []))
            ),
            ("sign-in", .operations, .signIn(SignInPage(next: mark("/desk"), isRefused: true))),
            ("problem-staff", .operations, .problem(ProblemPage(problem: problem))),
        ]
    }

    private var sagaPages: [Sample] {
        let search = SagasPage.Search(workflow: mark("reservation"), status: "stuck", attribute: mark("guest=Ada"))
        let list = SagaList(
            sagas: [item("stuck", "Dan"), item("running", "Eve"), item("succeeded", "Fay")], next: mark("cursor"))
        let bulk = SagasPage.Bulk(act: "retry", preview: .init(count: 212, sagas: [id]))
        let whole = HistoryList(saga: id, entries: history)
        let part = HistoryList(saga: id, entries: history, next: 23)
        let acts = ["retry", "settle", "pause", "terminate"]
        let told = ActTrial(act: "signal", dryRun: .untried, signal: mark("confirm"))
        let refused = ActTrial(act: "skip", dryRun: .refused(problem))
        return [
            ("sagas", .operations, .sagas(SagasPage(search: search, list: list, workflows: [mark("a")], jobs: [job]))),
            ("sagas-bulk", .operations, .sagas(SagasPage(search: search, list: list, workflows: [], bulk: bulk))),
            ("sagas-empty", .operations, .sagas(SagasPage(list: SagaList(sagas: [], next: nil), workflows: []))),
            ("saga", .operations, .saga(SagaPage(saga: undone, history: whole, workflow: workflow, acts: acts))),
            (
                "saga-stuck", .operations,
                .saga(SagaPage(saga: stuck, history: part, workflow: workflow, acts: ["settle"], trial: trial))
            ),
            ("saga-refused", .operations, .saga(SagaPage(saga: stuck, history: part, workflow: nil, trial: refused))),
            (
                "saga-signal", .operations,
                .saga(SagaPage(saga: waiting, history: part, workflow: workflow, acts: ["signal"], trial: told))
            ),
        ]
    }

    private var workflowPages: [Sample] {
        let migration = WorkflowsPage.Migration(
            from: mark("1"), to: mark("2"),
            check: MigrateAnswer(
                answer: "checked",
                sagas: [
                    .init(saga: id, state: mark("Paying"), status: "running", moves: true, obstacles: []),
                    .init(saga: id, state: mark("Paying"), status: "stuck", moves: false, obstacles: [mark("none")]),
                ], next: nil))
        return [
            (
                "workflows", .operations,
                .workflows(WorkflowsPage(list: workflows, shown: workflow, plan: mark("2 ends")))
            ),
            (
                "workflows-migrate", .operations,
                .workflows(WorkflowsPage(list: workflows, shown: workflow, migration: migration))
            ),
        ]
    }

    private func other(_ number: Int) -> Booking {
        var saga = waiting
        saga.updatedAt = "2027-01-1\(number % 2)T0\(number % 4):30:00.000Z"
        return Booking(number: number, saga: saga, history: [])
    }
}
