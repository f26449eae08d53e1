public import CEL

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

    /// With steps by their ``StepRun/number``.
    public typealias Kind = ActKind<Int>

    /// What an operator has found out about a step.
    public enum Settlement: Sendable, Hashable {
        /// It took effect; of a compensation: it is undone.
        /// - Parameter result: JSON, as the participant would have answered; `nil` without one.
        case succeeded(result: Document?)
        /// It did not and never will.
        case refused
    }

    /// The code of a refusal that an operator has settled.
    public static let refusalCode = "settled"
}

/// The acts, once for core, engine and socket.
///
/// - Parameter Step: what names a step: its number for the core, a number, a state or a call for people.
public enum ActKind<Step: Sendable & Hashable>: Sendable, Hashable {
    /// Goes on where it is stuck, or makes the next attempt now instead of later. What may have taken effect at a participant
    /// that does not know keys (`unknown: ask`) is sent again only where its step is named: who names it has looked.
    /// - Parameter step: the step at hand; `nil` for whatever is at hand.
    case retry(step: Step? = nil)
    /// Settles a step, or its compensation, by evidence.
    case settle(step: Step, as: OperatorAct.Settlement)
    /// Goes on without the step at hand, or without its compensation.
    case skip(step: Step)
    /// Keeps what comes, and moves nothing.
    case pause
    /// Goes on with what was kept.
    case resume
    /// Ends the saga as it is; what is outstanding stays outstanding.
    case terminate

    /// The word of the wire, the history and the command line.
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

    /// The act of that name; `nil` where there is none, or where it lacks its step or settlement. What it does not want is left.
    public init?(named name: String, step: Step? = nil, settlement: OperatorAct.Settlement? = nil) {
        switch (name, step, settlement) {
        case ("retry", _, _): self = .retry(step: step)
        case ("settle", let step?, let settlement?): self = .settle(step: step, as: settlement)
        case ("skip", let step?, _): self = .skip(step: step)
        case ("pause", _, _): self = .pause
        case ("resume", _, _): self = .resume
        case ("terminate", _, _): self = .terminate
        default: return nil
        }
    }

    /// The step that it names.
    public var step: Step? {
        switch self {
        case .retry(let step): step
        case .settle(let step, _), .skip(let step): step
        case .pause, .resume, .terminate: nil
        }
    }

    /// What was found out, where it settles.
    public var settlement: OperatorAct.Settlement? {
        if case .settle(_, let settlement) = self { settlement } else { nil }
    }

    /// The same act with its step by another name.
    public func naming<Other>(_ other: (Step) throws(Rejection) -> Other) throws(Rejection) -> ActKind<Other> {
        switch self {
        case .retry(nil): .retry()
        case .retry(let step?): .retry(step: try other(step))
        case .settle(let step, let settlement): .settle(step: try other(step), as: settlement)
        case .skip(let step): .skip(step: try other(step))
        case .pause: .pause
        case .resume: .resume
        case .terminate: .terminate
        }
    }
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
