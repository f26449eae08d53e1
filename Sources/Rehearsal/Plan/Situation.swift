import SagaCore

/// What matters of a saga for where it can go: two sagas in one situation have the same future.
///
/// Times and data are left out. A step that a loop made several times counts once, and one that was refused or undone not at all: so loops end.
struct Situation: Hashable {
    private let state: String
    private let end: Status?
    private let stuck: String?
    private let undoingFor: String?
    private let exit: String?
    private let cancel: CancelVerdict?
    private let timers: [String]
    private var deferred: [String]
    private var steps: [Mark]
    /// The step after which nothing is undone.
    private let pivot: String?

    /// A step whose effect may be there, or that is being made.
    private struct Mark: Hashable {
        var state: String
        var effect: StepRun.Effect
        var isCurrent: Bool
        var isUndoArmed: Bool
        var activity: Activity
        /// Counted only where a policy gives up.
        var attempts: Int
        /// What is known of the attempts while they matter.
        var forward: Knowledge
        var undo: Knowledge
        /// Whether it may be there, whatever the saga says.
        var mayStand: Bool
    }

    private struct Knowledge: Hashable {
        var isUncertain = false
        var mayHaveArrived = false
        var isPending = false
        var isOverdue = false
        var unrecognised = 0

        init(_ leg: Leg?) {
            guard let leg else { return }
            isUncertain = leg.isUncertain
            mayHaveArrived = leg.mayHaveArrived
            isPending = leg.isPending
            isOverdue = leg.pendingSince != nil && !leg.isPending
            unrecognised = min(leg.unrecognised, Explorer.limits.unrecognisedMax)
        }
    }

    private enum Activity: Hashable {
        case none
        case inFlight(Direction)
        case waiting(Direction)
    }

    init(_ saga: Saga, _ truth: Truth, in workflow: Workflow) {
        state = saga.state
        end = saga.end
        stuck = saga.stuck?.code.rawValue
        undoingFor = saga.undoingFor
        exit = saga.exit?.to
        cancel = saga.cancel?.verdict
        timers = saga.timers.map(\.name).sorted()
        deferred = []
        for signal in saga.signals where signal.verdict == .deferred && !deferred.contains(signal.name) {
            deferred.append(signal.name)
        }
        steps = []
        pivot = saga.pivot?.state
        let current = saga.end == nil ? saga.currentStep?.number : nil
        for run in saga.steps.reversed() {
            var mark = Self.mark(of: run, in: saga, workflow, isCurrent: run.number == current)
            mark.mayStand = truth.mayStand(run.number)
            guard mark.isCurrent || mark.activity != .none || run.isOutstanding || mark.mayStand else { continue }
            if !steps.contains(mark) { steps.append(mark) }
        }
    }

    private static func mark(of run: StepRun, in saga: Saga, _ workflow: Workflow, isCurrent: Bool) -> Mark {
        var activity = Activity.none
        if let attempt = saga.openCalls.attempt(of: run.number) { activity = .inFlight(attempt.direction) }
        if let retry = saga.openCalls.retry(of: run.number) { activity = .waiting(retry.direction) }
        let rule = workflow.state(run.state)?.step
        var attempts = 0
        if let undo = run.undo {
            if case .call(let policy)? = rule?.compensation, let most = policy.retry.attempts {
                attempts = min(undo.leg.attempts, most)
            }
        } else if let most = rule?.retry.attempts, run.effect == .none || rule?.unknown == .fence {
            attempts = min(run.attempts, most)
        }
        return Mark(
            state: run.state, effect: run.effect, isCurrent: isCurrent, isUndoArmed: run.undo != nil,
            activity: activity, attempts: attempts, forward: Knowledge(run.isSettled ? nil : run.forward),
            undo: Knowledge(run.effect == .compensated ? nil : run.undo?.leg), mayStand: false)
    }
}
