public import CEL

/// One running instance of a workflow: the fold of its history (semantics.md, rule 5).
public struct Saga: Sendable, Hashable {
    /// Never changes; what every other process names the saga by.
    public var id: SagaID
    /// The small number that people call it by: 1 for the first saga of its workflow, and never given twice; `nil` where nobody counts.
    public var serial: Int64?
    /// The business key; the id's text where the workflow and the start give none.
    public var key: String
    /// The name of its workflow.
    public var workflow: String
    /// The version of its workflow, as text.
    public var version: String
    /// SHA-256 of the workflow's file; the saga goes on by that text alone (rule 5).
    public var digest: String
    /// As started, with the secrets in it: ``Masker`` hides them where it is shown.
    public var input: Value
    /// When the start was decided; deadlines count from it.
    public var startedAt: Instant
    /// When its newest record was applied; views and attributes are computed as of then.
    public var updatedAt: Instant

    /// The state that the saga is in. While it compensates on the way to a final state, the state that it left.
    public var state: String
    /// What `set` has kept, by name, as it reads back from JSON.
    public var vars: MapValue
    /// In the order in which they were armed.
    public var steps: StepList
    /// The calls in flight, and those that are tried again.
    public var openCalls = OpenCalls()
    /// In the order in which they were set; at most one of each name.
    public var timers: [SagaTimer]
    /// A way out that waits until what is in flight is settled (rule 9).
    public var exit: Exit?
    /// The cancel that was accepted or deferred; `nil` until there is one, and never `nil` again.
    public var cancel: Cancel?
    /// The final state for which everything is being undone.
    public var undoingFor: String?
    /// Why it needs an operator; `nil` while it goes on by itself.
    public var stuck: StuckReason?
    /// Whether an operator has paused it: what comes is kept, and nothing moves.
    public var isPaused = false
    /// Where it goes on after it was stuck or paused.
    public var next = Next.wait
    /// Late answers that contradict what the saga knows, the oldest first; ``SagaLimits/alarmsMax`` at most.
    public var alarms: [Alarm] = []
    /// All that were taken, in order, and the refused ones that had an id; ``SagaLimits/signalsMax`` at most.
    public var signals: [SignalMemory]
    /// About how many bytes the data of ``signals`` take; ``SagaLimits/signalBytesMax`` at most.
    var signalBytes = 0
    /// `succeeded` or `cancelled` once it has ended; nothing changes it any more.
    public var end: Status?
    /// How many records its history has.
    public var length: Int
    /// Records that do not count in the number of a key: what is not the saga's way but how often a call was tried, what came late and what an
    /// operator did, and a restore itself. So a saga that goes the same way in another life arms its steps under the same keys (rule 3,
    /// decision 0007). That which arms a step always counts, so no two steps share one.
    var uncounted = 0
    /// The number of ``pivot``.
    var pivotNumber: Int?
    /// From this place on no step is armed, nor will be.
    var undoneFrom = 0
    /// The newest attempt's token.
    public internal(set) var lastToken = 0
    /// The tries at the end of its history, while nothing else came.
    var tail: Tail?
    /// The ``Record/restored(asOf:)`` that its history had last.
    var restoredAsOf: Instant?

    /// No saga has a greater ``serial``: every program that reads JSON knows it exactly.
    public static let serialMax: Int64 = 1 << 53

    /// A state to be entered, and why; kept while the calls in flight are being settled.
    public struct Exit: Sendable, Hashable {
        /// The name of the state.
        public var to: String
        /// For the history: `then`, `refused`, `cancel`, `deadline`, `signal NAME` or `after NAME`.
        public var cause: String
    }

    /// A cancel that was taken, with what was answered.
    public struct Cancel: Sendable, Hashable {
        /// As the sender gave it; `nil` when no reason was.
        public var reason: String?
        /// Who sent it; `nil` when nobody at a socket did.
        public var by: Actor?
        /// `deferred` until a state allows it, then `accepted`, or `tooLate` after the pivot; never back.
        public var verdict: CancelVerdict
    }

    /// Where a saga goes on after it was stuck or paused.
    public enum Next: UInt8, Sendable, Hashable, CaseIterable {
        /// It waits on, for timers, signals and answers.
        case wait = 0
        /// The outcome of its step is to be acted upon.
        case outcome = 1
        /// Its state is entered again.
        case enter = 2
        /// The step or the compensation at hand is tried again.
        case settle = 3
    }

    /// The world may not be as the saga says: somebody must look.
    public struct Alarm: Sendable, Hashable {
        /// The number of the record that raised it.
        public var number: Int
        /// When it was raised.
        public var at: Instant
        /// The step that it is about.
        public var step: Int
        /// What contradicts what.
        public var message: String
    }

    /// A signal that was taken, for as long as the saga lives (rule 20).
    public struct SignalMemory: Sendable, Hashable {
        /// As the sender called it.
        public var name: String
        /// Another signal with it gets `verdict` again; `nil`: nothing is deduplicated.
        public var id: String?
        /// As it reads back from JSON; `null` when there was none.
        public var data: Document
        /// Who sent it; `nil` when nobody at a socket did.
        public var by: Actor?
        /// What was answered; `deferred` becomes `handled` once a state takes it, or a refusal when its data fails there.
        public var verdict: SignalVerdict

        init(name: String, id: String?, data: Value, by: Actor?, verdict: SignalVerdict) {
            self.init(name: name, id: id, data: Document(read: data), by: by, verdict: verdict)
        }

        init(name: String, id: String?, data: Document, by: Actor?, verdict: SignalVerdict) {
            self.name = name
            self.id = id
            self.data = data
            self.by = by
            self.verdict = verdict
        }
    }

    /// The status follows from the rest; it is kept nowhere.
    public var status: Status {
        if let end { return end }
        if stuck != nil { return .stuck }
        if isPaused { return .paused }
        if undoingFor != nil { return .compensating }
        if exit != nil, cancel?.verdict == .accepted { return .cancelling }
        return !openCalls.isEmpty || exit != nil ? .running : .waiting
    }

    /// Whether it is the operator's turn: nothing moves by itself.
    var isHeld: Bool { stuck != nil || isPaused }

    /// The step after which the saga only goes forward, once it succeeded (rule 16).
    public var pivot: StepRun? {
        pivotNumber.flatMap(step)
    }

    /// The step of the state that the saga is in, when its call was armed.
    public var currentStep: StepRun? {
        guard undoingFor == nil, let last = steps.last, last.number >= entered else { return nil }
        return last
    }

    /// The history number of the record by which it entered its state.
    var entered: Int
    /// When that was: what a timer counts from that another version of the workflow brings (decision 0017).
    var enteredAt: Instant
    /// The timers of its state that have fired, and the deadline once it has: no version sets them again (rule 21).
    var firedTimers: [String] = []

    /// When the saga next has something to do by itself; `nil` while calls are in flight alone, and when stuck, paused or ended.
    public var due: Instant? {
        guard end == nil, !isHeld else { return nil }
        var due = openCalls.nextRetry?.due
        for timer in timers where due.map({ timer.due < $0 }) ?? true { due = timer.due }
        return due
    }

    /// The idempotency key of a step, forward or undoing; the same for every retry and every restart (rule 3).
    public func key(step: Int, direction: Direction) -> String {
        let number = self.step(step)?.keyNumber ?? step
        return direction == .forward ? "\(id).\(number)" : "\(id).\(number).undo"
    }

    /// How many records stand before the tries at the end of its history; `nil` when something else is at its end. The next record may
    /// stand for all from there on (``Decision/kept``).
    public var triesBegin: Int? { tail?.before }

    /// The tries at the end of its history, while nothing else came.
    public var tries: Tries? { tail?.tries }

    /// The last signal of that id, with the answer it got.
    public func signal(id: String) -> SignalMemory? {
        signals.first { $0.id == id }
    }

    /// `nil` where none was armed under that number.
    public func step(_ number: Int) -> StepRun? {
        steps.index(of: number).map { steps[$0] }
    }

    mutating func change(step number: Int, _ change: (inout StepRun) -> Void) {
        guard let index = steps.index(of: number) else { return }
        change(&steps[index])
        // Its pivot and its newest armed step are known, as a long loop's steps are not looked through for each input.
        let step = steps[index]
        if step.traits.contains(.pivot), step.effect == .succeeded || step.effect == .skipped, pivotNumber == nil {
            pivotNumber = number
        }
        while undoneFrom > 0, steps[undoneFrom - 1].isSettled, !steps[undoneFrom - 1].isArmed { undoneFrom -= 1 }
    }
}

/// What became of a signal.
public enum SignalVerdict: Sendable, Hashable {
    case handled
    case deferred
    case refused(reason: String)
    /// Refused, as its data does not fit what the state asks of it.
    case invalidData([InputSchema.Fault])

    /// Why it was refused, in a sentence; `nil` when it was not.
    public var refusal: String? {
        switch self {
        case .handled, .deferred: nil
        case .refused(let reason): reason
        case .invalidData(let faults):
            "its data does not fit: " + faults.map(\.description).joined(separator: "; ")
        }
    }
}

/// What became of a cancel that was taken.
public enum CancelVerdict: UInt8, Sendable, Hashable {
    case accepted = 0
    /// Kept until a state allows it.
    case deferred = 1
    /// It was deferred, and then the saga passed its pivot.
    case tooLate = 2

    /// The word of the wire.
    public var name: String {
        switch self {
        case .accepted: "accepted"
        case .deferred: "deferred"
        case .tooLate: "too-late"
        }
    }
}
