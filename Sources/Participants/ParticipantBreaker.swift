import Logging
import OperatorLog
import SagaCore
import Synchronization

/// A ``Breaker`` that is shared by the calls to one participant, and its voice in the log.
final class ParticipantBreaker: Sendable {
    private struct Shared {
        var breaker: Breaker
        var since: Instant
        /// Why the last call failed.
        var cause = ""
    }

    let settings: BreakerSettings
    private let participant: String
    private let logger: Logger
    private let shared: Mutex<Shared>

    init(_ settings: BreakerSettings, participant: String, now: Instant, logger: Logger) {
        self.settings = settings
        self.participant = participant
        self.logger = logger
        shared = Mutex(Shared(breaker: Breaker(settings), since: now))
    }

    /// The state and since when; `open` until a call is asked for after the cooldown.
    var reading: (state: BreakerState, since: Instant) {
        shared.withLock { ($0.breaker.state, $0.since) }
    }

    enum Admission {
        case send(Breaker.Ticket)
        /// Nothing is sent: `held`, which is no attempt (rule 24).
        case hold(Outcome)
    }

    func callAsked(by caller: Int, at tick: Int64, now: Instant) -> Admission {
        shared.withLock { shared in
            let before = shared.breaker.state
            switch shared.breaker.callAsked(by: caller, at: tick) {
            case .send(let ticket):
                if shared.breaker.state != before { shared.since = now }
                return .send(ticket)
            case .refuse(let retryAfter):
                let state = before == .open ? "open" : "half-open"
                return .hold(
                    .held(
                        message: "breaker of '\(participant)' \(state) since \(WireText.rfc3339(shared.since)); "
                            + "its last call failed: \(shared.cause)",
                        retryAfter: retryAfter))
            }
        }
    }

    func callAnswered(_ ticket: Breaker.Ticket, now: Instant) {
        let change = shared.withLock { shared in
            let change = shared.breaker.callAnswered(ticket)
            if change != nil { shared.since = now }
            return change
        }
        guard change == .closed else { return }
        logger.tell(.breakerClosed, ["participant": "\(participant)"])
    }

    /// - Parameter caller: whose call it was; `nil` where no call can be the cause.
    func callFailed(_ ticket: Breaker.Ticket, by caller: Int?, cause: String, at tick: Int64, now: Instant) {
        let change = shared.withLock { shared in
            let before = shared.breaker.state
            let change = shared.breaker.callFailed(ticket, by: caller, at: tick)
            if shared.breaker.state != before { shared.since = now }
            shared.cause = cause
            return change
        }
        guard change == .opened else { return }
        logger.tell(
            .breakerOpened,
            [
                "participant": "\(participant)", "failures": "\(settings.failures)",
                "cooldown": "\(settings.cooldown) ms", "error": "\(cause)",
            ])
    }

    func callAbandoned(_ ticket: Breaker.Ticket, at tick: Int64) {
        shared.withLock { $0.breaker.callAbandoned(ticket, at: tick) }
    }
}
