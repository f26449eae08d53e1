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
/// tenth into an outage. They count once for each caller (a saga): what one guest sends may fail each time it is sent, and that must keep
/// nobody else out. For the same reason one whose call has failed is not the probe while another may come. What was sent before the state changed says nothing about now and is ignored, so that the timeouts of an
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

    /// A call that had no answer.
    private struct Failure {
        var at: Int64
        /// Whose call it was; `nil`: that it failed is nothing that the call can have caused, as there was no connection.
        var caller: Int?
    }

    private enum Phase {
        /// - Parameter failures: the last ones in a row, oldest first, each caller's newest; fewer than the settings have.
        case closed(failures: [Failure])
        case open(until: Int64)
        /// - Parameter next: when another probe may follow one that does not come back.
        case halfOpen(next: Int64)
    }

    private let settings: BreakerSettings
    private var phase = Phase.closed(failures: [])
    /// Whose calls have failed since it was closed last, the newest last: they may be what is wrong. ``suspectsMax`` at most.
    private var suspects: [Int] = []
    /// Counts how often it was closed.
    private var epoch = 0
    /// Counts probes; the newest one's number.
    private var probes = 0

    /// While a probe is out, others come back soon: it will have been answered by then, or the cooldown goes on.
    static let probeWaitMax: Int64 = 1_000
    /// More poisoned callers than this are an outage for all that is known here.
    static let suspectsMax = 64

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

    /// Before it nobody is let through; `nil` while all are.
    var refusesUntil: Int64? {
        switch phase {
        case .closed: nil
        case .open(let until): until
        case .halfOpen(let next): next
        }
    }

    /// - Parameter caller: whose call it is, for all calls that may fail for one reason of their own.
    mutating func callAsked(by caller: Int, at now: Int64) -> Admission {
        switch phase {
        case .closed: return .send(Ticket(epoch: epoch, probe: 0))
        case .open(let until):
            guard now >= until else { return .refuse(retryAfter: until - now) }
            // Others go first for a while: were the poisoned call the probe each time, nobody would come through.
            let grace = min(settings.cooldown, Self.probeWaitMax)
            if suspects.contains(caller), now < until + grace { return .refuse(retryAfter: until + grace - now) }
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
            suspects = []
            return nil
        case .open, .halfOpen:
            guard ticket.probe > 0 else { return nil }
            phase = .closed(failures: [])
            suspects = []
            epoch += 1
            return .closed
        }
    }

    /// It could not be reached, or gave no answer that settles anything.
    /// - Parameter caller: whose call it was; `nil` where no call can be the cause, as there was no connection.
    mutating func callFailed(_ ticket: Ticket, by caller: Int?, at now: Int64) -> Change? {
        guard ticket.epoch == epoch else { return nil }
        suspect(caller)
        switch phase {
        case .closed(var failures):
            failures.removeAll { now - $0.at > settings.within || ($0.caller != nil && $0.caller == caller) }
            failures.append(Failure(at: now, caller: caller))
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

    private mutating func suspect(_ caller: Int?) {
        guard let caller else { return }
        suspects.removeAll { $0 == caller }
        suspects = suspects.suffix(Self.suspectsMax - 1) + [caller]
    }

    private mutating func sendProbe(at now: Int64) -> Admission {
        probes += 1
        phase = .halfOpen(next: now + settings.cooldown)
        return .send(Ticket(epoch: epoch, probe: probes))
    }
}
