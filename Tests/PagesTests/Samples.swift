import CEL
import ControlAPI
import SagaCore

@testable import Pages

/// Resources as the daemon gives them, every free text of them passed through `mark`.
struct Samples: Sendable {
    var mark: @Sendable (String) -> String = { $0 }
    var workflow: Workflow?
    var id = "01a21fc3-cb0a-7000-a202-495f6532010e"

    static let now = "2027-01-12T05:04:17.000Z"

    func frame(_ tongue: Tongue, _ audience: PageFrame.Audience = .everybody, path: String = "/page") -> PageFrame {
        PageFrame(
            tongue: tongue, audience: audience, path: path + mark("?a=1"),
            now: WallClock(Self.now) ?? .init(milliseconds: 0),
            zoneMinutes: 540, live: mark("/feed"), csrf: mark("csrf-1"), formKey: mark("key-1"),
            person: audience == .guest ? nil : mark("Ada"),
            flash: audience == .desk ? .init(isGood: true, text: mark("confirmed")) : nil)
    }

    func entry(_ number: Int, _ at: String, _ type: String, _ fields: [(String, Value)] = []) -> HistoryResource {
        HistoryResource(number: number, at: "2027-01-12T\(at)Z", type: type, fields: MapValue(fields))
    }

    func text(_ word: String) -> Value { .string(mark(word)) }

    /// Ordered, paid, asked; then cancelled by its guest while the bank does not answer for the refund.
    var history: [HistoryResource] {
        [
            entry(1, "05:01:58.010", "started", [("workflow", text("reservation")), ("by", text("guest:17"))]),
            entry(2, "05:01:58.010", "entered", [("state", text("Ordered"))]),
            entry(3, "05:01:58.012", "step-armed", [("state", text("Ordered")), ("call", .string(hold))]),
            entry(4, "05:01:58.012", "attempted", [("step", .int(3)), ("direction", "forward"), ("attempt", .int(1))]),
            entry(5, "05:01:58.018", "succeeded", [("step", .int(3)), ("direction", "forward")]),
            entry(6, "05:01:58.018", "entered", [("state", text("Paying"))]),
            entry(7, "05:01:58.018", "timer-set", [("timer", text("10m")), ("due", "2027-01-12T05:11:58.018Z")]),
            entry(8, "05:01:58.019", "step-armed", [("state", text("Paying")), ("call", .string(charge))]),
            entry(9, "05:01:58.019", "attempted", [("step", .int(8)), ("direction", "forward"), ("attempt", .int(1))]),
            entry(
                10, "05:01:58.640", "unanswered",
                [
                    ("step", .int(8)), ("direction", "forward"), ("outcome", text("unknown")),
                    ("message", text("timed out")),
                ]),
            entry(
                11, "05:01:58.840", "attempted", [("step", .int(8)), ("direction", "forward"), ("attempt", .int(2))]),
            entry(12, "05:01:58.902", "succeeded", [("step", .int(8)), ("direction", "forward")]),
            entry(13, "05:01:58.902", "entered", [("state", text("Reserved"))]),
            entry(14, "05:01:58.903", "step-armed", [("state", text("Reserved")), ("call", .string(accept))]),
            entry(15, "05:01:58.909", "succeeded", [("step", .int(14)), ("direction", "forward")]),
            entry(
                16, "05:02:11.127", "cancel-requested",
                [("verdict", text("accepted")), ("reason", text("change of plans")), ("by", text("guest:17"))]),
            entry(17, "05:02:11.127", "undoing", [("for", text("Cancelled"))]),
            entry(18, "05:02:11.128", "undo-armed", [("step", .int(8)), ("call", .string(refund))]),
            entry(
                19, "05:02:11.128", "attempted",
                [("step", .int(8)), ("direction", "compensation"), ("attempt", .int(1))]),
            entry(
                20, "05:03:41.220", "unanswered",
                [
                    ("step", .int(8)), ("direction", "compensation"), ("outcome", text("unknown")), ("count", .int(3)),
                    ("first", "2027-01-12T05:02:11.132Z"), ("message", text("503 Service Unavailable")),
                ]),
            entry(
                21, "05:03:41.220", "retry-set",
                [("step", .int(8)), ("direction", "compensation"), ("due", "2027-01-12T05:04:41.000Z")]),
            entry(
                22, "05:03:50.000", "late",
                [
                    ("step", .int(8)), ("direction", "forward"), ("outcome", text("refused")),
                    ("contradiction", text("it was charged")),
                ]),
        ]
    }

    var hold: String { mark("reservation.hold") }
    var charge: String { mark("payment.charge") }
    var accept: String { mark("reservation.accept") }
    var refund: String { mark("payment.refund") }

    var input: Value {
        .map(
            MapValue([
                ("name", text("Cleo")), ("cardNo", "***"), ("room", text("103")), ("checkIn", "2027-01-15"),
                ("nights", .int(2)), ("amount", .int(300_000)),
            ]))
    }

    func step(_ number: Int, _ state: String, _ call: String, _ outcome: String, undo: String? = nil)
        -> SagaResource.Step
    {
        SagaResource.Step(
            number: number, state: mark(state), call: call, outcome: outcome, armed: true, key: mark("\(id).\(number)"),
            attempts: 1, undo: undo, undoAttempts: undo == nil ? 0 : 3)
    }

    func saga(_ status: String, steps: [SagaResource.Step], timers: [SagaResource.Timer] = []) -> SagaResource {
        SagaResource(
            id: id, key: id, workflow: mark("reservation"), version: mark("1"), state: mark("Reserved"), status: status,
            reason: status == "stuck" ? mark("the refund was refused") : nil, startedAt: "2027-01-12T05:01:58.010Z",
            updatedAt: "2027-01-12T05:03:41.220Z", input: input, vars: MapValue([("paymentId", text("pay-3"))]),
            attributes: MapValue([("guest", text("Cleo")), ("room", text("103"))]), steps: steps, timers: timers,
            signals: status == "waiting" ? [mark("confirm"), mark("reject")] : [], leavingTo: nil, cancel: nil)
    }

    /// On its way back.
    var undone: SagaResource {
        var saga = saga(
            "compensating",
            steps: [
                step(3, "Ordered", hold, "succeeded"), step(8, "Paying", charge, "succeeded", undo: refund),
                step(14, "Reserved", accept, "succeeded"),
            ])
        saga.cancel = mark("accepted")
        saga.trying = .init(
            step: 8, call: refund, outcome: mark("unknown"), count: 3, first: "2027-01-12T05:02:11.132Z",
            message: mark("503 Service Unavailable"), next: "2027-01-12T05:04:41.000Z")
        saga.parked = ParkedResource(
            calls: 212, since: "2027-01-12T05:02:00.000Z", error: mark("503 Service Unavailable"))
        return saga
    }

    /// Paid; the hotel has not said a word.
    var waiting: SagaResource {
        saga(
            "waiting",
            steps: [
                step(3, "Ordered", hold, "succeeded"), step(8, "Paying", charge, "succeeded"),
                step(14, "Reserved", accept, "succeeded"),
            ], timers: [.init(name: mark("72h"), due: "2027-01-15T05:01:58.909Z")])
    }

    /// Needs a person.
    var stuck: SagaResource {
        var saga = saga("stuck", steps: [step(8, "Paying", charge, "unknown", undo: refund)])
        saga.alarms = [
            .init(number: 22, at: "2027-01-12T05:03:50.000Z", step: 8, message: mark("refused after it succeeded"))
        ]
        saga.hint = .init(
            waitsFor: mark("evidence whether payment.charge took effect"), commands: [mark("yogictl retry")])
        return saga
    }

    func item(_ status: String, _ subject: String, updatedAt: String = "2027-01-12T04:23:00.000Z") -> SagaListItem {
        SagaListItem(
            id: id, key: id, workflow: mark("reservation"), version: mark("1"), state: mark("Paying"), status: status,
            reason: mark("The bank answered 409 after an attempt without an answer."),
            startedAt: "2027-01-12T04:22:00.000Z", updatedAt: updatedAt, due: "2027-01-12T06:00:00.000Z", call: charge,
            attributes: MapValue([("guest", text(subject)), ("room", text("104"))]),
            hint: .init(
                waitsFor: mark("evidence whether payment.charge took effect"), commands: [mark("yogictl settle")]))
    }
}
