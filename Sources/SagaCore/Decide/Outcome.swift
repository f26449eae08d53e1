public import CEL

/// What an answer, or the want of one, says about an attempt (semantics.md, rules 7 and 8).
public enum Outcome: Sendable, Hashable {
    /// JSON, as answered; `nil` when there was no body.
    case succeeded(result: Document?)
    /// A no. Whether it settles the step is decided by the core, by who said it and what is known of the key.
    /// - Parameter retryAfter: the milliseconds that the answer asked to wait.
    case refused(code: String, message: String, by: Speaker = .participant, retryAfter: Int64? = nil)
    /// This attempt did nothing: it never left, or was turned away before it was looked at. It says nothing of earlier ones.
    /// - Parameter hasLeft: whether its request was sent: a network that repeats requests may still bring it where it is not turned away.
    case unreached(message: String, retryAfter: Int64? = nil, hasLeft: Bool = false)
    /// It may have taken effect, or may yet.
    case unknown(message: String, retryAfter: Int64? = nil)
    /// It was accepted, and the answer comes later.
    /// - Parameter location: where to ask for it, as the participant gave it; `nil`: by the same key.
    case pending(location: String?, message: String, retryAfter: Int64? = nil)
    /// It was kept back, as the participant is not to be called now: no attempt at all (rule 24).
    case held(message: String, retryAfter: Int64)
    /// It was kept back for good: the participant may have forgotten the key by now (rule 9).
    case forgotten(message: String)

    /// Who says no.
    public enum Speaker: String, Sendable, Hashable, CaseIterable {
        /// The participant, about this key: it said so by `Saga-Outcome`, or its configuration names the code or the answer.
        case participant
        /// Somebody in the participant's manner (JSON), with a code that its configuration does not name.
        case unnamed
        /// Nobody knows: no JSON, as a proxy or a framework answers in a participant's place.
        case stranger
    }

    /// The word that the history's `late` records hold.
    public var name: String {
        switch self {
        case .succeeded: "succeeded"
        case .refused: "refused"
        case .unreached: "unreached"
        case .unknown: "unknown"
        case .pending: "pending"
        case .held: "held"
        case .forgotten: "forgotten"
        }
    }
}
