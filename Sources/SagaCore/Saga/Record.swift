public import CEL

/// One thing that happened to a saga; its history is an append-only list of these. `apply` needs nothing but the record, so
/// that a history can be folded without its workflow.
public enum Record: Sendable, Hashable {
    case started(Started)
    /// Into a state that is not final; what the previous state set (timers, exit) is gone.
    case entered(state: String)
    case timerSet(name: String, due: Instant)
    /// - Parameter late: milliseconds after it was due.
    case timerFired(name: String, late: Int64)
    /// The intent of a step: committed before the first byte leaves (rule 1).
    case stepArmed(state: String, call: Operation, request: Document, traits: StepRun.Traits = [])
    /// The intent of one attempt.
    /// - Parameters:
    ///   - number: how many attempts the step has had in that direction, with this one; the same again where this one only asks how a
    ///     pending call goes.
    ///   - token: unique in the saga, and rising (rule 4).
    case attempted(step: Int, direction: Direction, number: Int, token: Int)
    case succeeded(step: Int, direction: Direction, result: Document?)
    case refused(step: Int, direction: Direction, code: String, message: String)
    /// No definite answer, once or again and again: tries that end alike are one record (rule 24).
    case unanswered(Tries)
    case retrySet(step: Int, direction: Direction, due: Instant)
    /// No attempt of the step did anything, and it will not be tried again: nothing happened (rule 8).
    case disarmed(step: Int)
    /// - Parameter step: the step whose own `set` it is; `nil` for what a route or a state without a call sets.
    case varsSet(MapValue, step: Int? = nil)
    case signalled(Saga.SignalMemory)
    /// A deferred signal was taken, by its place among the saga's signals.
    case signalTaken(index: Int)
    /// A deferred signal was refused by the state that would have taken it, as its data fails there; by its place among the saga's
    /// signals.
    case signalRefused(index: Int, SignalVerdict)
    /// A way out was chosen and waits until the call in flight is settled (rule 9).
    case leaving(to: String, cause: String)
    case cancelRequested(Saga.Cancel)
    /// Everything armed is undone, and then the saga is in the final state `for`.
    case undoing(for: String)
    case undoArmed(step: Int, call: Operation, request: Document)
    /// A completion whose attempt is not the one in flight (rule 4); what it settles follows as a record of its own.
    case late(Late)
    /// A participant brought an answer by itself: one that settles its call, that contradicts what is known, or that is too late.
    case calledBack(CalledBack)
    case stuck(Saga.StuckReason, next: Saga.Next)
    case ended(state: String, status: Status)
    /// Something came while the saga is stuck or paused: where it goes on changes.
    case held(next: Saga.Next)
    /// The saga is no longer stuck: what it waited for came by itself.
    case freed(reason: String)
    /// The way out is given up: the pivot has succeeded (rule 16), or the step that it waited for was refused.
    case stayed(reason: String)
    /// An operator went on without the step, or without its compensation.
    case skipped(step: Int, direction: Direction)
    case operated(OperatorAct)
    /// From here on the saga goes by another version of its workflow.
    case migrated(version: String, digest: String, reason: String, by: Actor?)
    /// The store was restored from a backup that knows nothing newer than `asOf`: what the saga did since then is not known, and what
    /// was under way is unknown.
    case restored(asOf: Instant)

    /// An answer that came after its attempt was given up.
    public struct Late: Sendable, Hashable {
        /// Of the attempt.
        public var token: Int
        /// The step, where it is known.
        public var of: StepDirection?
        /// ``Outcome/name``.
        public var outcome: String
        /// What it contradicts, when it does: an alarm.
        public var contradiction: String?
    }

    /// An answer that a participant brought by itself.
    public struct CalledBack: Sendable, Hashable {
        /// What it answers.
        public var of: StepDirection
        /// ``Outcome/name``.
        public var outcome: String
        /// What it contradicts, when it does: an alarm.
        public var contradiction: String?
    }

    /// How a saga came to be.
    public struct Started: Sendable, Hashable {
        /// Chosen by the engine before the start was decided.
        public var id: SagaID
        /// As ``Saga/serial``.
        public var serial: Int64?
        /// The business key that was given or computed; the id's text where there is none. Never empty.
        public var key: String
        /// The workflow's name.
        public var workflow: String
        /// The workflow's version, as text.
        public var version: String
        /// SHA-256 of the workflow's file: what the saga is pinned to (rule 5).
        public var digest: String
        /// As it reads back from JSON, with the secrets in it.
        public var input: Document
        /// Who started it; `nil` when nobody at a socket did.
        public var by: Actor?

        init(
            id: SagaID, key: String, workflow: String, version: String, digest: String, input: Value, by: Actor? = nil
        ) {
            self.init(
                id: id, key: key, workflow: workflow, version: version, digest: digest, input: Document(read: input),
                by: by)
        }

        init(
            id: SagaID, serial: Int64? = nil, key: String, workflow: String, version: String, digest: String,
            input: Document, by: Actor? = nil
        ) {
            self.id = id
            self.serial = serial
            self.key = key
            self.workflow = workflow
            self.version = version
            self.digest = digest
            self.input = input
            self.by = by
        }
    }

    /// The word that listings and filters use.
    public var name: String {
        switch self {
        case .started: "started"
        case .entered: "entered"
        case .timerSet: "timer-set"
        case .timerFired: "timer-fired"
        case .stepArmed: "step-armed"
        case .attempted: "attempted"
        case .succeeded: "succeeded"
        case .refused: "refused"
        case .unanswered: "unanswered"
        case .retrySet: "retry-set"
        case .disarmed: "disarmed"
        case .varsSet: "vars-set"
        case .signalled: "signalled"
        case .signalTaken: "signal-taken"
        case .signalRefused: "signal-refused"
        case .leaving: "leaving"
        case .cancelRequested: "cancel-requested"
        case .undoing: "undoing"
        case .undoArmed: "undo-armed"
        case .late: "late"
        case .calledBack: "called-back"
        case .stuck: "stuck"
        case .ended: "ended"
        case .held: "held"
        case .freed: "freed"
        case .stayed: "stayed"
        case .skipped: "skipped"
        case .operated: "operated"
        case .migrated: "migrated"
        case .restored: "restored"
        }
    }
}
