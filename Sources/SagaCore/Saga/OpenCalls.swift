/// The calls of a saga that have no answer yet, by their steps: each step has one at most, which is in flight or waits for its next attempt.
///
///     none ── sent ──► in flight ── willRetry ──► due ── sent ──► in flight …
///      ▲                   │                       │
///      └───── settled ─────┴───────────────────────┘
public struct OpenCalls: Sendable, Hashable {
    /// In the order of their steps. Mostly one: it is looked through.
    private var calls: [OpenCall] = []

    /// What a call without an answer waits for.
    private enum OpenCall: Sendable, Hashable {
        case inFlight(Attempt)
        case due(Retry)

        var step: Int {
            switch self {
            case .inFlight(let attempt): attempt.step
            case .due(let retry): retry.step
            }
        }
    }

    /// No call.
    public init() {}

    /// Whether no step waits for an answer or an attempt.
    public var isEmpty: Bool { calls.isEmpty }

    /// Whether any is in flight.
    public var isCalling: Bool {
        calls.contains { if case .inFlight = $0 { true } else { false } }
    }

    /// Those in flight, by their steps.
    public var attempts: [Attempt] {
        calls.compactMap { if case .inFlight(let attempt) = $0 { attempt } else { nil } }
    }

    /// The attempts that are not due yet, by their steps.
    public var retries: [Retry] {
        calls.compactMap { if case .due(let retry) = $0 { retry } else { nil } }
    }

    /// The retry that is due first; of those at one time that of the oldest step.
    public var nextRetry: Retry? {
        var next: Retry?
        for case .due(let retry) in calls where next.map({ retry.due < $0.due }) ?? true { next = retry }
        return next
    }

    /// The attempt with that token; `nil` where it is in flight no more.
    public func attempt(token: Int) -> Attempt? {
        for case .inFlight(let attempt) in calls where attempt.token == token { return attempt }
        return nil
    }

    /// The attempt of that step, in whichever direction; `nil` while none is in flight.
    public func attempt(of step: Int) -> Attempt? {
        for case .inFlight(let attempt) in calls where attempt.step == step { return attempt }
        return nil
    }

    /// The next attempt of that step; `nil` while none is to come.
    public func retry(of step: Int) -> Retry? {
        for case .due(let retry) in calls where retry.step == step { return retry }
        return nil
    }

    /// Whether that step waits for an answer or an attempt.
    public func contains(_ step: Int) -> Bool { calls.contains { $0.step == step } }

    /// An attempt takes the place of what its step has waited for.
    public mutating func sent(_ attempt: Attempt) { put(.inFlight(attempt)) }

    /// The step had no definite answer, and is tried again.
    public mutating func willRetry(_ retry: Retry) { put(.due(retry)) }

    /// Nothing of that step is in flight any more, nor due.
    public mutating func settled(_ step: Int) { calls.removeAll { $0.step == step } }

    /// The saga waits for none of them.
    public mutating func gaveUp() { calls.removeAll() }

    private mutating func put(_ call: OpenCall) {
        if let index = calls.firstIndex(where: { $0.step >= call.step }) {
            if calls[index].step == call.step { calls[index] = call } else { calls.insert(call, at: index) }
        } else {
            calls.append(call)
        }
    }
}
