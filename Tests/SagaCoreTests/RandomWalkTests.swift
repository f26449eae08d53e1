import Basics
import CEL
import SagaCore
import Testing

/// Random inputs in random order on every fixture workflow. ``Player`` checks after each input what must hold after every input;
/// a calm phase at the end checks that the saga gets somewhere.
struct RandomWalkTests {
    @Test(arguments: Workflow.fixtures.map(\.name), [UInt64(1), 2, 3, 4])
    func `rules 1 to 21: no order of inputs breaks what must always hold`(_ name: String, seed: UInt64) throws {
        let workflow = try #require(Workflow.fixtures.first { $0.name == name })
        for round in 0..<25 {
            var walk = Walk(workflow: workflow, seed: seed &* 1_000 &+ UInt64(round))
            try walk.run(inputs: 40)
        }
    }
}

private struct Walk {
    var player: Player
    var random: SplitMix64
    let seed: UInt64
    var now = Player.start
    let signals: [String]

    init(workflow: Workflow, seed: UInt64) {
        player = Player(workflow: workflow)
        random = SplitMix64(seed: seed)
        self.seed = seed
        signals = Set(workflow.states.flatMap { $0.signals.map(\.name) } + ["unheard-of"]).sorted()
    }

    mutating func run(inputs: Int) throws {
        let faults = ["", "with", "set", "then", "route", "undo", "signal", "signal-set", "timer", "due", "next"]
        let faulty = MapValue([
            ("fail", .string(faults.randomElement(using: &random) ?? "")), ("from", .string("KIX")),
            ("nights", .int(2)),
        ])
        let reservation = MapValue([
            ("name", .string("Ann")), ("cardNo", .string("4111")), ("room", .string("1")), ("amount", .int(5)),
        ])
        let isReservation = player.workflow.name == "reservation"
        _ = try player.start(StartSent(id: Player.id, input: .map(isReservation ? reservation : faulty)), at: now)
        for _ in 0..<inputs {
            now = now + step()
            let next = input()
            do throws(Rejection) {
                _ = try player.give(next, at: now)
            } catch {
                if case .notNow = error, case .operated = next { continue }
                Issue.record("seed \(seed): \(next) was rejected: \(error)")
            }
        }
        try calm()
    }

    /// Mostly forward, now and then a jump over all timers, now and then back.
    private mutating func step() -> Int64 {
        switch Int.random(in: 0..<10, using: &random) {
        case 0: Int64.random(in: -30_000...0, using: &random)
        case 1: Int64.random(in: 0...4_000_000, using: &random)
        default: Int64.random(in: 0...3_000, using: &random)
        }
    }

    private mutating func input() -> Input {
        switch Int.random(in: 0..<14, using: &random) {
        case 12: .operated(act())
        case 13: callback().map { .calledBack($0) } ?? .woken
        case 0: .cancelled(CancelSent(reason: "seed \(seed)"))
        case 1, 2, 3: .signalled(signal())
        case 4, 5, 6:
            .woken
        default:
            .attemptEnded(ended())
        }
    }

    private mutating func ended() -> AttemptEnded {
        let token = token()
        return AttemptEnded(token: token, of: player.attempts[token], outcome: outcome())
    }

    /// To any call that was made, also one that has its answer.
    private mutating func callback() -> CallbackSent? {
        guard let call = player.calls.randomElement(using: &random) else { return nil }
        if Int.random(in: 0..<4, using: &random) == 0 {
            return CallbackSent(
                call: call, outcome: .pending(location: nil, message: "at work"),
                until: now + Int64.random(in: -1_000...9_000_000, using: &random))
        }
        return CallbackSent(call: call, outcome: outcome())
    }

    /// Mostly on what is there; now and then on what is not.
    private mutating func act() -> OperatorAct {
        let step = player.saga?.steps.randomElement(using: &random)?.number ?? 3
        let kinds: [OperatorAct.Kind] = [
            .retry(), .retry(step: step),
            .settle(step: step, as: .succeeded(result: Document(bytes: Array(#"{"ref":"o","paymentId":"o"}"#.utf8)))),
            .settle(step: step, as: .refused), .skip(step: step), .skip(step: 1), .pause, .resume, .resume,
        ]
        return OperatorAct(kinds.randomElement(using: &random) ?? .retry(), reason: "walk")
    }

    private mutating func token() -> Int {
        guard let saga = player.saga, let attempt = saga.openCalls.attempts.first,
            Int.random(in: 0..<8, using: &random) > 0
        else {
            return Int.random(in: 0...((player.saga?.length ?? 0) + 1), using: &random)
        }
        return attempt.token
    }

    private mutating func signal() -> SignalSent {
        let data: [Value] = [
            .null, .map(MapValue([("code", .int(7)), ("badge", .int(1))])), .map(MapValue([("code", .int(999))])),
            .map(MapValue()),
        ]
        let id = Int.random(in: 0..<3, using: &random) == 0 ? nil : "s\(Int.random(in: 0..<9, using: &random))"
        return SignalSent(
            name: signals.randomElement(using: &random) ?? "", id: id, data: data.randomElement(using: &random) ?? .null
        )
    }

    private mutating func outcome() -> Outcome {
        switch Int.random(in: 0..<8, using: &random) {
        case 0:
            .refused(code: ["no-car", "card-declined", "other"].randomElement(using: &random) ?? "", message: "walk")
        case 1: .unreached(message: "down", retryAfter: Bool.random(using: &random) ? nil : 2_000)
        case 2, 3: .unknown(message: "lost")
        case 4: .succeeded(result: nil)
        default: .succeeded(result: Document(bytes: Array(#"{"ref":"r","paymentId":"p","size":"big"}"#.utf8)))
        }
    }

    /// Every call is answered and every due time comes: the saga must end, wait for a signal, or be stuck with a reason.
    private mutating func calm() throws {
        for _ in 0..<200 {
            guard let saga = player.saga, saga.end == nil, saga.stuck == nil else { return }
            if saga.isPaused {
                _ = try player.give(.operated(OperatorAct(.resume, reason: "calm")), at: now)
            } else if let attempt = saga.openCalls.attempts.first {
                let result = Document(bytes: Array(#"{"ref":"r","paymentId":"p"}"#.utf8))
                _ = try player.give(
                    .attemptEnded(AttemptEnded(token: attempt.token, outcome: .succeeded(result: result))), at: now)
            } else if let due = saga.due, player.workflow.name != "loops" {
                now = max(now, due)
                _ = try player.give(.woken, at: now)
            } else {
                return #expect(saga.status == .waiting, "seed \(seed): \(saga.status.name) and nothing comes")
            }
        }
        Issue.record("seed \(seed): 200 calm inputs led nowhere")
    }
}
