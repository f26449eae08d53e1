/// What an operator does to one saga by hand (semantics.md, rule 22).
public struct OperatorAct: Sendable, Hashable {
    /// What is done.
    public var kind: Kind
    /// Why; never empty.
    public var reason: String
    /// Who, as the kernel attests it; `nil` when nobody at a socket did.
    public var by: Actor?

    /// An act with its reason.
    public init(_ kind: Kind, reason: String, by: Actor? = nil) {
        self.kind = kind
        self.reason = reason
        self.by = by
    }

    /// The acts.
    public enum Kind: Sendable, Hashable {
        /// Goes on where it is stuck, or makes the next attempt now instead of later. What may have taken effect at a participant
        /// that does not know keys (`unknown: ask`) is sent again only where its step is named: who names it has looked.
        /// - Parameter step: the ``StepRun/number`` of the step at hand; `nil` for whatever is at hand.
        case retry(step: Int? = nil)
        /// Settles a step, or its compensation, by evidence.
        /// - Parameter step: the ``StepRun/number``.
        case settle(step: Int, as: Settlement)
        /// Goes on without the step at hand, or without its compensation.
        /// - Parameter step: the ``StepRun/number``.
        case skip(step: Int)
        /// Keeps what comes, and moves nothing.
        case pause
        /// Goes on with what was kept.
        case resume
        /// Ends the saga as it is; what is outstanding stays outstanding.
        case terminate

        /// The word of the wire and the command line.
        public var name: String {
            switch self {
            case .retry: "retry"
            case .settle: "settle"
            case .skip: "skip"
            case .pause: "pause"
            case .resume: "resume"
            case .terminate: "terminate"
            }
        }
    }

    /// What an operator has found out about a step.
    public enum Settlement: Sendable, Hashable {
        /// It took effect; of a compensation: it is undone.
        /// - Parameter result: JSON, as the participant would have answered; `nil` without one.
        case succeeded(result: [UInt8]?)
        /// It did not and never will.
        case refused
    }

    /// The code of a refusal that an operator has settled.
    public static let refusalCode = "settled"
}

/// A saga is to go on by another version of its workflow.
public struct MigrateSent: Sendable, Hashable {
    /// Why, for the history; empty in simulations.
    public var reason: String
    /// Who wants it; `nil` when nobody at a socket did.
    public var by: Actor?

    /// A migration, asked for by somebody.
    public init(reason: String = "", by: Actor? = nil) {
        self.reason = reason
        self.by = by
    }
}
