import SagaCore
import SagaEngine

/// Everything that a seed decides, before the run begins. What happens in it is a list, so that a failing run can be made smaller
/// by leaving things out: none of them shifts what the others mean.
struct Plan {
    var seed: UInt64
    var workflows: [Workflow]
    var participants: [String: ParticipantKind]
    var limits: EngineLimits
    var sagaLimits = SagaLimits.standard
    /// How each participant behaves; one without is polite.
    var manners: [String: Manners] = [:]
    /// Calls are kept back from a participant that fails again and again.
    var hasBreaker = false
    var chaos: [Chaos]
    /// Milliseconds after the beginning: from here on nothing fails any more.
    var calmAt: Int64
}

/// What a participant can be trusted with; a workflow's `unknown:` rule must fit.
enum ParticipantKind: String, CaseIterable {
    /// As `ParticipantKit`: one answer per key, and a tombstone for a compensation that comes first.
    case fencing
    /// One answer per key, and no tombstone: a forward call that comes after its compensation takes effect.
    case repeating
    /// Each forward call takes effect, whatever its key: only an operator can tell what became of one (`unknown: ask`).
    case forgetful
}

/// One thing that happens in a run. Times are milliseconds after its beginning.
enum Chaos: Hashable {
    case start(at: Int64, saga: Int, workflow: Int)
    case signal(at: Int64, saga: Int, name: String, id: String?, ok: Bool)
    /// Sent by the saga's key, before it or after.
    case early(at: Int64, saga: Int, workflow: Int, name: String, id: String, ok: Bool)
    case cancel(at: Int64, saga: Int)
    case look(at: Int64, saga: Int, WaitGoal)
    case operate(at: Int64, saga: Int, Hand)
    /// So many looks at once: more than the inbox takes.
    case burst(at: Int64, count: Int)
    /// What becomes of the nth message to a participant.
    case message(number: Int, Fate)
    /// What becomes of the nth write to the store, and of those that follow.
    case write(number: Int, WriteFault)
    /// The process dies at the nth point from then on: before a commit, after it, or before one of the effects that follow it.
    case crash(at: Int64, points: Int)
    /// A participant is restarted: what it was about to answer is lost, and nobody reaches it for a while.
    case restart(at: Int64, participant: String, downFor: Int64)
    /// Somebody else answers in the participant's place for a while.
    case stranger(at: Int64, participant: String, staysFor: Int64, Stranger)
    /// The machine's clock is set.
    case jump(at: Int64, by: Int64)

    enum Fate: Hashable {
        case requestLost
        case requestLate(by: Int64)
        case answerLost
        case answerLate(by: Int64)
        /// It arrives twice.
        case requestTwice(after: Int64)
        case answerTwice(after: Int64)
        /// Connection refused.
        case unreached(retryAfter: Int64?)
        /// The participant is too busy to look at it, and says so; a network that repeats requests brings it once more, where the workflow
        /// says that an undo fences it off.
        case turnedAway(again: Int64?)
        /// The participant says no, and means it.
        case refused(code: String)
        /// 503 before or after it took effect.
        case failedBefore(retryAfter: Int64?)
        case failedAfter
        /// It took effect, and its answer broke off in the middle.
        case answerHalf
        /// The participant says no, has done it all the same, and says so later: an alarm is all that is left.
        case lie(for: Int64)
    }

    /// What an operator does; on which step follows from where the saga is then.
    enum Hand: Hashable {
        case retry, skip, pause, resume, terminate
        /// By what the ledger says, and not at all while a request may be on its way.
        case settle
    }

    /// What stands in front of a participant says, without having asked it.
    enum Stranger: Hashable, CaseIterable {
        /// A page that says 404.
        case noPage
        /// JSON that says 404, with a code of its own.
        case noSuchThing
        /// 502.
        case badGateway
        /// 403.
        case forbidden
    }

    enum WriteFault: Hashable {
        case fails(times: Int, as: String)
        /// It takes so many milliseconds.
        case slow(Int64)
    }
}
