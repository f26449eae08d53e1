import SagaCore

@testable import SagaEngine

/// Carries calls to participants and their answers back, as the plan says: it stands where the dispatcher and a transport do.
struct Network {
    let seed: UInt64
    private let fates: [Int: Chaos.Fate]
    private let kinds: [String: ParticipantKind]
    /// What is called by steps with `unknown: fence` alone.
    private let fenced: Set<Operation>
    /// Requests that may still arrive, by key.
    private var onTheWay: [String: Int] = [:]
    /// Calls whose outcome nobody has told the engine yet, by the number of their flight.
    private(set) var open: Set<Int> = []
    private var messages = 0
    private var down: [String: Int64] = [:]
    private var restarts: [String: Int] = [:]
    private let manners: [String: Manners]
    private let hasBreaker: Bool
    private var breakers: [String: Breaker] = [:]
    private var strangers: [String: (until: Int64, answers: Chaos.Stranger)] = [:]
    private var isCalm = false

    init(plan: Plan) {
        seed = plan.seed
        var fates: [Int: Chaos.Fate] = [:]
        for case .message(let number, let fate) in plan.chaos { fates[number] = fate }
        self.fates = fates
        kinds = plan.participants
        let steps = plan.workflows.flatMap { $0.states.compactMap(\.step) }
        fenced = Set(steps.filter { $0.unknown == .fence }.map(\.call)).subtracting(
            steps.filter { $0.unknown != .fence }.map(\.call))
        manners = plan.manners
        hasBreaker = plan.hasBreaker
    }

    /// Keeps calls back from a participant that failed so many times in a row, for a while.
    private struct Breaker {
        var failures = 0
        var openUntil: Int64 = 0

        static let failuresMax = 3
        static let pause: Int64 = 1_500
    }

    /// What the engine was told of a call.
    mutating func note(_ outcome: Outcome, of participant: String, at now: Int64) {
        var breaker = breakers[participant] ?? Breaker()
        switch outcome {
        case .held, .forgotten: return
        case .unknown, .unreached: breaker.failures += 1
        case .succeeded, .refused, .pending: breaker = Breaker()
        }
        if breaker.failures >= Breaker.failuresMax { breaker = Breaker(openUntil: now + Breaker.pause) }
        breakers[participant] = breaker
    }

    mutating func put(_ stranger: Chaos.Stranger, before participant: String, until: Int64) {
        strangers[participant] = (until, stranger)
    }

    /// What somebody else answers in the participant's place. Of a message that travels twice both would have to meet them.
    func stranger(_ flight: Flight, at now: Int64) -> Outcome? {
        switch flight.fate {
        case .requestTwice, .turnedAway: return nil
        default: break
        }
        guard let stranger = strangers[flight.call.operation.participant], now < stranger.until else { return nil }
        return switch stranger.answers {
        case .noPage: .refused(code: "http-404", message: "Not Found", by: .stranger)
        case .noSuchThing: .refused(code: "route_not_found", message: "404", by: .unnamed)
        case .badGateway: .unknown(message: "502")
        case .forbidden: .unreached(message: "403", hasLeft: true)
        }
    }

    /// What keeps a call back, before anything is sent: an open breaker, or a key that may be forgotten.
    private func kept(_ call: Call, at now: Int64, clock: Instant) -> Outcome? {
        let participant = call.operation.participant
        if let keys = manners[participant]?.keys, let since = call.keySince, clock - since >= keys {
            return .forgotten(message: "the key is \(clock - since) ms old, and remembered for \(keys) ms")
        }
        if hasBreaker, let breaker = breakers[participant], now < breaker.openUntil {
            return .held(message: "the breaker is open", retryAfter: breaker.openUntil - now)
        }
        return nil
    }

    mutating func calm() {
        isCalm = true
        down = [:]
        strangers = [:]
    }

    mutating func restart(_ participant: String, until: Int64) {
        down[participant] = until
        restarts[participant, default: 0] += 1
    }

    /// A request has come to its end of the wire.
    mutating func arrived(_ key: String) {
        onTheWay[key, default: 0] -= 1
    }

    /// Whether a request with that key may still arrive.
    func isOnTheWay(_ key: String) -> Bool { onTheWay[key, default: 0] > 0 }

    func isDown(_ participant: String, at now: Int64) -> Bool {
        down[participant].map { $0 > now } ?? false
    }

    func restarts(of participant: String) -> Int { restarts[participant] ?? 0 }

    /// A process has died: nobody waits for what it sent.
    mutating func hangUp() {
        open = []
    }

    /// Tells a call's outcome for the first time; `false` when it was told already.
    mutating func close(_ flight: Flight) -> Bool {
        open.remove(flight.number) != nil
    }

    mutating func send(
        _ call: Call, _ ticket: Lane<Call>.Ticket, life: Int, at now: Int64, clock: Instant, _ agenda: inout Agenda
    ) {
        messages += 1
        let number = messages
        var fate = isCalm ? nil : fates[number]
        // The wire does not double what its receiver would not recognise.
        if kinds[call.operation.participant] == .forgetful, case .requestTwice = fate { fate = nil }
        // Only a fence is promised to hold against what comes when nobody asks for it any more.
        if !fenced.contains(call.operation), case .turnedAway = fate { fate = .turnedAway(again: nil) }
        if manners[call.operation.participant]?.keys != nil { fate = fate?.hastened }
        let flight = Flight(number: number, call: call, life: life, fate: fate, ticket: ticket)
        open.insert(number)
        if let outcome = kept(call, at: now, clock: clock) { return agenda.add(.answer(flight, outcome), at: now) }
        let arrival = now + latency(number, 1)
        agenda.add(.timeout(flight), at: now + call.timeout)
        onTheWay[call.key, default: 0] += fate.requests
        switch fate {
        case .requestLost:
            break
        case .requestLate(let delay):
            agenda.add(.request(flight), at: arrival + delay)
        case .requestTwice(let delay):
            agenda.add(.request(flight), at: arrival)
            agenda.add(.request(flight), at: arrival + delay)
        case .unreached(let wait):
            agenda.add(.answer(flight, .unreached(message: "connection refused", retryAfter: wait)), at: arrival)
        case .turnedAway(let again):
            agenda.add(.answer(flight, .unreached(message: "429", hasLeft: true)), at: arrival)
            if let again { agenda.add(.request(flight), at: arrival + again) }
        case .failedBefore(let wait):
            agenda.add(.answer(flight, .unknown(message: "503", retryAfter: wait)), at: arrival)
        default:
            agenda.add(.request(flight), at: arrival)
        }
    }

    func answer(_ flight: Flight, _ outcome: Outcome, at now: Int64, _ agenda: inout Agenda) {
        let arrival = now + latency(flight.number, 2)
        switch flight.fate {
        case .answerLost:
            break
        case .answerLate(let delay):
            agenda.add(.answer(flight, outcome), at: arrival + delay)
        case .answerTwice(let delay):
            agenda.add(.answer(flight, outcome), at: arrival)
            agenda.add(.answer(flight, outcome), at: arrival + delay)
        case .failedAfter:
            agenda.add(.answer(flight, .unknown(message: "503")), at: arrival)
        case .answerHalf:
            agenda.add(.answer(flight, .unknown(message: "the answer broke off")), at: arrival)
        case .lie(let delay) where flight.call.direction == .forward:
            if case .succeeded = outcome {
                agenda.add(.answer(flight, .refused(code: "lie", message: "nothing happened")), at: arrival)
            }
            agenda.add(.answer(flight, outcome), at: arrival + delay)
        default:
            agenda.add(.answer(flight, outcome), at: arrival)
        }
    }

    /// Whether the answer to a call of a process that has died still finds its way, as a pulling worker's does.
    func survives(_ flight: Flight) -> Bool {
        if case .lie = flight.fate { return true }
        return Hash.mixed(seed ^ UInt64(flight.number) << 8) % 4 == 0
    }

    private func latency(_ number: Int, _ way: UInt64) -> Int64 {
        1 + Int64(Hash.mixed(seed &+ UInt64(number) << 2 &+ way) % 30)
    }
}

extension Chaos.Fate {
    /// The same, but that no request is on its way for longer than a key is remembered.
    fileprivate var hastened: Chaos.Fate {
        switch self {
        case .requestLate(let delay): .requestLate(by: min(delay, Manners.delayMax))
        case .requestTwice(let delay): .requestTwice(after: min(delay, Manners.delayMax))
        case .turnedAway(let delay): .turnedAway(again: delay.map { min($0, Manners.delayMax) })
        default: self
        }
    }
}

extension Chaos.Fate? {
    /// How many requests arrive at the participant.
    fileprivate var requests: Int {
        switch self {
        case .requestLost, .unreached, .failedBefore, .turnedAway(again: nil): 0
        case .requestTwice: 2
        default: 1
        }
    }
}
