public import CEL

/// One running instance of a workflow: the fold of its history (semantics.md, rule 5).
public struct Saga: Sendable, Hashable {
    public var id: SagaID
    public var key: String
    public var workflow: String
    public var version: String
    public var digest: String
    public var input: Value
    public var startedAt: Instant
    public var updatedAt: Instant

    /// The state that the saga is in. While it compensates on the way to a final state, the state that it left.
    public var state: String
    public var vars: MapValue
    /// In the order in which they were armed.
    public var steps: [StepRun]
    public var attempt: Attempt?
    public var retry: Retry?
    public var timers: [SagaTimer]
    /// A way out that waits until the call in flight is settled (rule 9).
    public var exit: Exit?
    public var cancel: Cancel?
    /// The final state for which everything is being undone.
    public var undoingFor: String?
    public var stuck: StuckReason?
    public var signals: [SignalMemory]
    public var end: Status?
    /// How many records its history has.
    public var length: Int

    public struct Exit: Sendable, Hashable {
        public var to: String
        public var cause: String
    }

    public struct Cancel: Sendable, Hashable {
        public var reason: String?
        public var by: Actor?
        public var verdict: CancelVerdict
    }

    /// Why a saga needs an operator.
    public struct StuckReason: Sendable, Hashable {
        /// A stable word: `expression`, `no-route`, `compensation-refused`, `compensation-exhausted`, `loop`, `history-full`.
        public var code: String
        public var message: String

        public init(code: String, message: String) {
            self.code = code
            self.message = message
        }
    }

    /// A signal that was taken, for as long as the saga lives (rule 20).
    public struct SignalMemory: Sendable, Hashable {
        public var name: String
        public var id: String?
        public var data: Value
        public var by: Actor?
        public var verdict: SignalVerdict
    }

    /// The status follows from the rest; it is kept nowhere.
    public var status: Status {
        if let end { return end }
        if stuck != nil { return .stuck }
        if undoingFor != nil { return .compensating }
        if exit != nil, cancel?.verdict == .accepted { return .cancelling }
        return attempt != nil || retry != nil || exit != nil ? .running : .waiting
    }

    /// The step of the state that the saga is in, when its call was armed.
    public var currentStep: StepRun? {
        guard undoingFor == nil, let last = steps.last, last.number >= entered else { return nil }
        return last
    }

    /// The history number of the record by which it entered its state.
    var entered: Int

    /// When the saga next has something to do by itself; `nil` while a call is in flight alone, and when stuck or ended.
    public var due: Instant? {
        guard end == nil, stuck == nil else { return nil }
        var due = retry?.due
        for timer in timers where due.map({ timer.due < $0 }) ?? true { due = timer.due }
        return due
    }

    /// The idempotency key of a step, forward or undoing; the same for every retry and every restart (rule 3).
    public func key(step: Int, direction: Direction) -> String {
        direction == .forward ? "\(id).\(step)" : "\(id).\(step).undo"
    }

    /// The last signal of that id, with the answer it got.
    public func signal(id: String) -> SignalMemory? {
        signals.first { $0.id == id }
    }

    func step(_ number: Int) -> StepRun? {
        steps.last { $0.number == number }
    }

    mutating func change(step number: Int, _ change: (inout StepRun) -> Void) {
        guard let index = steps.lastIndex(where: { $0.number == number }) else { return }
        change(&steps[index])
    }
}

/// What became of a signal.
public enum SignalVerdict: Sendable, Hashable {
    case handled
    case deferred
    case refused(reason: String)
}

/// What became of a cancel that was taken.
public enum CancelVerdict: UInt8, Sendable, Hashable {
    case accepted = 0
    /// Kept until a state allows it.
    case deferred = 1
}
