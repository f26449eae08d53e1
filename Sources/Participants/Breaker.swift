/// Keeps calls from a participant that does not answer: a pure state machine, told the time (milliseconds of a clock that never
/// jumps).
///
/// ```
///            failures within the window            cooldown over, a call is asked for
///   closed ───────────────────────────► open ─────────────────────────────────────────► half-open
///     ▲  ▲                               ▲ │ a probe is answered late                     │    │
///     │  └───────────────────────────────┼─┘                     the newest probe failed  │    │
///     │                                  └────────────────────────────────────────────────┘    │
///     └──────────────────────────────────────────────────────────────────── a probe is answered
/// ```
///
/// Failures count only in a row: a participant that answers in between is not down, and to keep all calls from it would make a bad
/// tenth into an outage. What was sent before the state changed says nothing about now and is ignored, so that the timeouts of an
/// outage do not open the breaker again after the recovery.
struct Breaker: Sendable {
    /// What a call takes along, so that its end is known to belong to this epoch.
    struct Ticket: Sendable, Hashable {
        fileprivate let epoch: Int
        /// The number of a probe; 0 for a call that was sent while closed.
        fileprivate let probe: Int
    }

    enum Admission: Sendable, Hashable {
        case send(Ticket)
        /// - Parameter retryAfter: milliseconds.
        case refuse(retryAfter: Int64)
    }

    /// What is worth a line in the log.
    enum Change: Sendable, Hashable {
        case opened
        case closed
    }

    private enum Phase {
        /// - Parameter failures: when the last ones in a row happened, oldest first; fewer than the settings have.
        case closed(failures: [Int64])
        case open(until: Int64)
        /// - Parameter next: when another probe may follow one that does not come back.
        case halfOpen(next: Int64)
    }

    private let settings: BreakerSettings
    private var phase = Phase.closed(failures: [])
    /// Counts how often it was closed.
    private var epoch = 0
    /// Counts probes; the newest one's number.
    private var probes = 0

    /// While a probe is out, others come back soon: it will have been answered by then, or the cooldown goes on.
    static let probeWaitMax: Int64 = 1_000

    init(_ settings: BreakerSettings) {
        self.settings = settings
    }

    var state: BreakerState {
        switch phase {
        case .closed: .closed
        case .open: .open
        case .halfOpen: .halfOpen
        }
    }

    mutating func callAsked(at now: Int64) -> Admission {
        switch phase {
        case .closed: return .send(Ticket(epoch: epoch, probe: 0))
        case .open(let until):
            guard now >= until else { return .refuse(retryAfter: until - now) }
            return sendProbe(at: now)
        case .halfOpen(let next):
            guard now >= next else { return .refuse(retryAfter: min(next - now, Self.probeWaitMax)) }
            return sendProbe(at: now)
        }
    }

    /// The participant lives: it has answered, be it with a refusal.
    mutating func callAnswered(_ ticket: Ticket) -> Change? {
        guard ticket.epoch == epoch else { return nil }
        switch phase {
        case .closed:
            phase = .closed(failures: [])
            return nil
        case .open, .halfOpen:
            guard ticket.probe > 0 else { return nil }
            phase = .closed(failures: [])
            epoch += 1
            return .closed
        }
    }

    /// It could not be reached, or gave no answer that settles anything.
    mutating func callFailed(_ ticket: Ticket, at now: Int64) -> Change? {
        guard ticket.epoch == epoch else { return nil }
        switch phase {
        case .closed(var failures):
            failures.removeAll { now - $0 > settings.within }
            failures.append(now)
            guard failures.count >= settings.failures else {
                phase = .closed(failures: failures)
                return nil
            }
            phase = .open(until: now + settings.cooldown)
            return .opened
        case .open: return nil
        case .halfOpen:
            if ticket.probe == probes { phase = .open(until: now + settings.cooldown) }
            return nil
        }
    }

    /// The call was given up by us and says nothing; if it was the probe, the next call is one.
    mutating func callAbandoned(_ ticket: Ticket, at now: Int64) {
        if case .halfOpen = phase, ticket.epoch == epoch, ticket.probe == probes { phase = .halfOpen(next: now) }
    }

    private mutating func sendProbe(at now: Int64) -> Admission {
        probes += 1
        phase = .halfOpen(next: now + settings.cooldown)
        return .send(Ticket(epoch: epoch, probe: probes))
    }
}
