/// Something in the outside world that a saga has done, may have done, or is undoing.
public struct OutstandingEffect: Sendable, Hashable {
    /// The ``StepRun/number``.
    public var step: Int
    /// The state whose step it is.
    public var state: String
    /// What was called forward.
    public var call: Operation
    /// What is known of it.
    public var outcome: Standing
    /// Since when that is known.
    public var since: Instant
    /// The key of the forward call, by which the participant knows it.
    public var key: String
    /// What undoes it, once that is armed.
    public var undo: Operation?

    /// What is known of an effect.
    public enum Standing: String, Sendable, Hashable, CaseIterable {
        /// It is there.
        case succeeded
        /// It may be there, or may yet be: nobody knows.
        case unknown
        /// The participant has accepted it, and its answer comes later.
        case pending
        /// The first call is on its way.
        case inFlight = "in flight"
        /// Its compensation is armed and has not taken effect.
        case undoing
    }
}

extension OutstandingEffect {
    /// What a history leaves outstanding, in the order of the intents. Nothing of a saga that ended `succeeded` or `cancelled`: there
    /// all that was done was wanted, or is undone.
    ///
    /// From the history, as a saga that was terminated no longer knows what was on its way then.
    public static func all(
        in history: some Sequence<(at: Instant, record: Record)>, of saga: Saga
    ) -> [OutstandingEffect] {
        var ledger = Ledger()
        for (at, record) in history { ledger.take(record, at: at) }
        return ledger.effects(of: saga)
    }

    /// The fold of a history that keeps what is outstanding; in linear time, as a history may be long.
    public struct Ledger: Sendable {
        private var open: [Int: OutstandingEffect] = [:]
        /// Steps whose intent is committed and that nobody has settled.
        private var armed: [Int: OutstandingEffect] = [:]
        private var length = 0

        /// Nothing is outstanding yet.
        public init() {}

        /// What is outstanding, in the order of the intents.
        public func effects(of saga: Saga) -> [OutstandingEffect] {
            open.values.sorted { $0.step < $1.step }.map { effect in
                var effect = effect
                effect.key = saga.key(step: effect.step, direction: .forward)
                return effect
            }
        }

        /// Takes the next record.
        public mutating func take(_ record: Record, at: Instant) {
            length += 1
            switch record {
            case .stepArmed(let state, let call, _, _):
                armed[length] = OutstandingEffect(
                    step: length, state: state, call: call, outcome: .inFlight, since: at, key: "")
            case .attempted(let step, .forward, _, _): begin(step, at)
            case .unanswered(let tries) where tries.direction == .forward: end(tries, at)
            case .succeeded(let step, .forward, _):
                begin(step, at)
                change(step, to: .succeeded, at)
            case .undoArmed(let step, let call, _):
                begin(step, at)
                change(step, to: .undoing, at)
                open[step]?.undo = call
            case .succeeded(let step, .compensation, _), .refused(let step, .forward, _, _), .skipped(let step, _),
                .disarmed(let step):
                armed[step] = nil
                open[step] = nil
            case .restored:
                // What was not settled in the backup may have been sent since.
                for step in armed.keys {
                    begin(step, at)
                    if open[step]?.outcome == .inFlight { change(step, to: .unknown, at) }
                }
            case .ended(_, let status):
                if status != .terminated { open = [:] }
                for (step, effect) in open where effect.outcome == .inFlight { change(step, to: .unknown, at) }
            default: break
            }
        }

        private mutating func end(_ tries: Tries, _ at: Instant) {
            switch tries.kind {
            case .held, .unreached: if open[tries.step]?.outcome == .inFlight { open[tries.step] = nil }
            case .pending: change(tries.step, to: .pending, tries.first)
            case .unknown, .unrecognised:
                // What was accepted stays so.
                if open[tries.step]?.outcome != .pending { change(tries.step, to: .unknown, tries.first) }
            case .overdue: change(tries.step, to: .unknown, at)
            }
        }

        private mutating func begin(_ step: Int, _ at: Instant) {
            guard open[step] == nil, var effect = armed[step] else { return }
            effect.since = at
            open[step] = effect
        }

        private mutating func change(_ step: Int, to outcome: Standing, _ at: Instant) {
            guard open[step] != nil, open[step]?.outcome != outcome else { return }
            open[step]?.outcome = outcome
            open[step]?.since = at
        }
    }
}
