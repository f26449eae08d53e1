import SagaCore

/// Carries calls to participants and their answers back, as the plan says: it stands where the dispatcher and a transport do.
struct Network {
    let seed: UInt64
    private let fates: [Int: Chaos.Fate]
    private let kinds: [String: ParticipantKind]
    /// Requests that may still arrive, by key.
    private var onTheWay: [String: Int] = [:]
    /// Calls whose outcome nobody has told the engine yet, by the number of their flight.
    private(set) var open: Set<Int> = []
    private var messages = 0
    private var down: [String: Int64] = [:]
    private var restarts: [String: Int] = [:]
    private var isCalm = false

    init(plan: Plan) {
        seed = plan.seed
        var fates: [Int: Chaos.Fate] = [:]
        for case .message(let number, let fate) in plan.chaos { fates[number] = fate }
        self.fates = fates
        kinds = plan.participants
    }

    mutating func calm() {
        isCalm = true
        down = [:]
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

    mutating func send(_ call: Call, life: Int, at now: Int64, _ agenda: inout Agenda) {
        messages += 1
        let number = messages
        var fate = isCalm ? nil : fates[number]
        // The wire does not double what its receiver would not recognise.
        if kinds[call.operation.participant] == .forgetful, case .requestTwice = fate { fate = nil }
        let flight = Flight(number: number, call: call, life: life, fate: fate)
        open.insert(number)
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

extension Chaos.Fate? {
    /// How many requests arrive at the participant.
    fileprivate var requests: Int {
        switch self {
        case .requestLost, .unreached, .failedBefore: 0
        case .requestTwice: 2
        default: 1
        }
    }
}
