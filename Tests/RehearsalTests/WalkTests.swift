import CEL
import Rehearsal
import SagaCore
import Testing

/// Real sagas that walk at random, with their data and times: none may end where the plan has no end.
@Suite struct WalkTests {
    private static let walks: [(name: String, workflow: Workflow)] = [
        ("reservation", .reservation),
        ("reservation, redriven", Workflow.reservation.changing("Paying") { $0.step?.unknown = .redrive }),
        ("reservation, asked", Workflow.reservation.changing("Ordered") { $0.step?.unknown = .ask }),
        (
            "reservation, gives up",
            Workflow.reservation.changing("Paying") {
                $0.step?.unknown = .fence
                $0.step?.retry.attempts = 3
            }
        ),
        ("mailed", .mailed),
        ("order with a pivot", Workflow.order.changing("Charging") { $0.step?.pivot = true }),
        (
            "order with a deadline",
            {
                var workflow = Workflow.order
                workflow.deadline = Deadline(after: .after(milliseconds: 60_000), to: "Cancelled")
                return workflow
            }()
        ),
    ]

    @Test(arguments: walks.map(\.name))
    func `a saga ends where its plan says that one can`(_ name: String) throws {
        let workflow = try #require(Self.walks.first { $0.name == name }?.workflow)
        let known = Set(Plan(of: workflow).ends.map { Rest($0) })
        var found: Set<Rest> = []
        for seed in 0..<1_500 {
            var walk = Walk(workflow, seed: UInt64(seed))
            let rests = walk.run()
            #expect(known.isSuperset(of: rests), "seed \(seed): \(rests.subtracting(known))")
            found.formUnion(rests)
        }
        // Nor does the plan invent ends: chance finds each of these few.
        #expect(found == known, "never met: \(known.subtracting(found))")
    }
}

/// Where a saga rests, as a plan and a saga say it alike.
private struct Rest: Hashable {
    var state: String
    var word: String
    var effects: Set<String>

    init(_ end: Plan.End) {
        state = end.state
        word = end.reason ?? end.status.name
        effects = Set(end.effects.map { "\($0.call) \($0.isCertain)" })
    }

    init(_ saga: Saga) {
        state = saga.state
        word = saga.stuck?.code.rawValue ?? saga.status.name
        effects = Set(saga.steps.filter(\.isOutstanding).map { "\($0.call) \($0.effect == .succeeded)" })
    }
}

private struct Walk {
    private let workflow: Workflow
    private var random: UInt64
    private var saga: Saga?
    private var now = Scenario.startDefault
    private var tokens: [AttemptEnded] = []

    init(_ workflow: Workflow, seed: UInt64) {
        self.workflow = workflow
        random = Hash.mixed(seed)
        let input = MapValue([
            ("name", .string("Ada")), ("cardNo", .string("4")), ("room", .string("1")),
            ("checkIn", .string("2026-07-01")),
            ("nights", .int(2)), ("amount", .int(1)),
        ])
        let id = SagaID(milliseconds: now.milliseconds, counter: 0, random: seed)
        saga = try? Saga.start(StartSent(id: id, input: .map(input)), in: workflow, at: now).saga
    }

    private mutating func chance(_ below: Int) -> Int {
        random = Hash.mixed(random)
        return Int(random % UInt64(below))
    }

    /// Steps at random until it ends; gives where it rested on the way.
    mutating func run() -> Set<Rest> {
        var rests: Set<Rest> = []
        for _ in 0..<200 {
            guard let saga else { return rests }
            if saga.end != nil || saga.stuck != nil { rests.insert(Rest(saga)) }
            if saga.end != nil { return rests }
            step(saga)
        }
        return rests
    }

    private mutating func step(_ saga: Saga) {
        now = now + Int64(chance(500))
        let input: Input
        switch chance(20) {
        case 0: input = .cancelled(CancelSent())
        case 1, 2:
            let names = workflow.states.flatMap(\.signals).map(\.name)
            input = .signalled(SignalSent(name: names.isEmpty ? "none" : names[chance(names.count)]))
        case 3, 4, 5, 6:
            if let due = saga.due, now < due { now = due }
            input = .woken
        case 7:
            guard !tokens.isEmpty else { return }
            input = .attemptEnded(tokens[chance(tokens.count)])
        default:
            guard let attempt = saga.openCalls.attempts.first else { return }
            let of = StepDirection(step: attempt.step, direction: attempt.direction)
            let outcome = outcome(saga, attempt)
            if case .unknown = outcome, attempt.direction == .forward {
                let late = Outcome.succeeded(result: Document(bytes: Array(#"{"paymentId":"late"}"#.utf8)))
                tokens.append(AttemptEnded(token: attempt.token, of: of, outcome: late))
            }
            input = .attemptEnded(AttemptEnded(token: attempt.token, of: of, outcome: outcome))
        }
        self.saga =
            (try? saga.decide(input, in: workflow, at: now, limits: SagaLimits(unrecognisedMax: 2)).saga) ?? saga
    }

    private mutating func outcome(_ saga: Saga, _ attempt: Attempt) -> Outcome {
        switch chance(12) {
        case 0: return .refused(code: ["card-declined", "other"][chance(2)], message: "no")
        case 1, 2: return .unknown(message: "?")
        case 3: return .unreached(message: "-")
        case 4: return .pending(location: ["/there", nil][chance(2)], message: "202")
        case 5: return .held(message: "open", retryAfter: 100)
        case 6: return .refused(code: "404", message: "no", by: .stranger)
        case 7: return .refused(code: "409", message: "no", by: .unnamed)
        // Only what is in doubt is kept back for good.
        case 8 where !attempt.isQuestion && isInDoubt(saga, attempt): return .forgotten(message: "old")
        default: return .succeeded(result: Document(bytes: Array(#"{"paymentId":"p"}"#.utf8)))
        }
    }

    private func isInDoubt(_ saga: Saga, _ attempt: Attempt) -> Bool {
        guard let run = saga.step(attempt.step) else { return false }
        if attempt.direction == .forward { return run.forward.isUncertain }
        return run.undo?.leg.isUncertain == true || run.effect == .unknown || run.effect == .pending
    }
}
