public import CEL

/// What a saga is told; each is decided and committed by itself (semantics.md, rule 2).
public enum Input: Sendable, Hashable {
    case attemptEnded(AttemptEnded)
    /// Timers or a retry may be due.
    case woken
    case signalled(SignalSent)
    case cancelled(CancelSent)
}

/// A new saga is asked for.
public struct StartSent: Sendable, Hashable {
    /// Chosen by the engine, which alone knows clock and chance.
    public var id: SagaID
    /// `nil`: as the workflow says.
    public var key: String?
    public var input: Value
    public var by: Actor?

    public init(id: SagaID, key: String? = nil, input: Value, by: Actor? = nil) {
        self.id = id
        self.key = key
        self.input = input
        self.by = by
    }
}

/// An attempt came to its end, or what was in flight at a crash is given up as unknown.
public struct AttemptEnded: Sendable, Hashable {
    public var token: Int
    public var outcome: Outcome

    public init(token: Int, outcome: Outcome) {
        self.token = token
        self.outcome = outcome
    }
}

/// The outcome of an attempt (semantics.md, rules 7 and 8).
public enum Outcome: Sendable, Hashable {
    /// JSON, as answered; `nil` when there was no body.
    case succeeded(result: [UInt8]?)
    /// A definite no: nothing happened.
    case refused(code: String, message: String)
    /// Provably never reached the participant; tried again.
    /// - Parameter retryAfter: the milliseconds that the participant asked to wait.
    case unreached(message: String, retryAfter: Int64? = nil)
    /// It may have taken effect, or may yet.
    case unknown(message: String, retryAfter: Int64? = nil)

    public var name: String {
        switch self {
        case .succeeded: "succeeded"
        case .refused: "refused"
        case .unreached: "unreached"
        case .unknown: "unknown"
        }
    }
}

/// A signal from outside.
public struct SignalSent: Sendable, Hashable {
    public var name: String
    /// Deduplicates for the life of the saga (rule 20).
    public var id: String?
    public var data: Value
    public var by: Actor?

    public init(name: String, id: String? = nil, data: Value = .null, by: Actor? = nil) {
        self.name = name
        self.id = id
        self.data = data
        self.by = by
    }
}

/// Somebody wants the saga undone.
public struct CancelSent: Sendable, Hashable {
    public var reason: String?
    public var by: Actor?

    public init(reason: String? = nil, by: Actor? = nil) {
        self.reason = reason
        self.by = by
    }
}
