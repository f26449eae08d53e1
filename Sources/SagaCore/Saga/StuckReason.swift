extension Saga {
    /// Why a saga needs an operator.
    public struct StuckReason: Sendable, Hashable {
        /// What kind of thing it is.
        public var code: StuckCode
        /// A sentence for the operator: what failed, and what may be left in the outside world.
        public var message: String

        /// A reason with its code.
        public init(code: StuckCode, message: String) {
            self.code = code
            self.message = message
        }
    }

    /// What kind of thing needs an operator; the raw value is the word of the wire and of the history.
    public enum StuckCode: String, Sendable, Hashable, CaseIterable, CustomStringConvertible {
        /// An expression of the workflow failed.
        case expression
        /// A refusal, or the end of the tries, for which the workflow has no route.
        case noRoute = "no-route"
        /// The workflow has no state of that name.
        case noState = "no-state"
        /// A participant says no to undoing.
        case compensationRefused = "compensation-refused"
        /// Undoing had no answer in all its attempts.
        case compensationExhausted = "compensation-exhausted"
        /// Whether undoing took effect is not known, and it must not be sent again.
        case compensationUnknown = "compensation-unknown"
        /// Whether a call took effect is not known, and it must not be sent again.
        case unknown
        /// Many answers that prove nothing (rule 7).
        case unrecognised
        /// Undoing is wanted after the pivot.
        case pastPivot = "past-pivot"
        /// One input led through too many states.
        case loop
        /// The history has no room to go forward.
        case historyLimit = "history-limit"
        /// The daemon ended twice while it decided on one input.
        case poison
        /// A timer is due of which the version knows nothing.
        case noTimer = "no-timer"
        /// Its rows cannot be read; given by the engine, in no record.
        case unreadable

        /// The word.
        public var description: String { rawValue }
    }
}
