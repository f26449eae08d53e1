public import CEL
public import SagaCore

/// Names a saga: its whole id, or a prefix of 8 digits or more that only one saga has.
public struct SagaReference: Sendable, Hashable, CustomStringConvertible {
    /// The range of ids that the text stands for; one id when it was whole.
    public let prefix: SagaID.Prefix
    private let text: String

    /// `nil` when the text is neither an id nor the beginning of one.
    public init?(_ text: String) {
        guard let prefix = SagaID.Prefix(text) else { return nil }
        self.prefix = prefix
        self.text = text
    }

    /// The saga with exactly this id; it can be unknown, never ambiguous.
    public init(_ id: SagaID) {
        text = id.description
        prefix = SagaID.Prefix(id: id)
    }

    public var description: String { text }
}

/// Asks for a new saga.
public struct StartCommand: Sendable {
    /// The name of a workflow that is loaded, else ``EngineError/unknownWorkflow(name:known:)``.
    public var workflow: String
    /// `nil`: the version that is loaded.
    public var version: String?
    /// `nil`: as the workflow says.
    public var key: String?
    /// Checked against the workflow's schema before anything is written.
    public var input: Document
    /// Who asked, for the history; `nil` when the peer has no credentials.
    public var by: Actor?

    /// A start of the current version, with a key as the workflow says, unless told otherwise.
    public init(workflow: String, version: String? = nil, key: String? = nil, input: Value, by: Actor? = nil) {
        self.init(workflow: workflow, version: version, key: key, input: Document(computed: input), by: by)
    }

    /// The same with an input that was read from JSON.
    public init(workflow: String, version: String? = nil, key: String? = nil, input: Document, by: Actor? = nil) {
        self.workflow = workflow
        self.version = version
        self.key = key
        self.input = input
        self.by = by
    }
}

/// Until when a command's sender waits for the saga.
public enum WaitGoal: Sendable, Hashable {
    /// No step is in flight.
    case settled
    case ended
    /// In that state, or ended.
    case state(String)
    /// Its history has more records than that, or a later attempt than that one was made, or it has ended. Tries that end alike are one
    /// record, so a history changes without growing.
    case news(length: Int, token: Int)

    /// How far a saga is from it.
    enum Standing: Sendable, Hashable {
        /// It may get there by itself.
        case open
        /// It has got there, or has ended.
        case reached
        /// It is stuck on the way, and nobody waits for an operator.
        case over
    }

    /// Where the saga is with it.
    func standing(of saga: Saga) -> Standing {
        if isReached(by: saga) { return .reached }
        switch self {
        case .ended, .state: return saga.status == .stuck ? .over : .open
        case .settled, .news: return .open
        }
    }

    /// Whether the saga has got there.
    public func isReached(by saga: Saga) -> Bool {
        switch self {
        case .settled: saga.status.isSettled
        case .ended: saga.status.isEnded
        case .news(let length, let token): saga.length > length || saga.lastToken > token || saga.status.isEnded
        case .state(let name): (saga.state == name && saga.undoingFor == nil) || saga.status.isEnded
        }
    }
}

/// A goal and how long to wait for it.
public struct Wait: Sendable, Hashable {
    /// What is waited for; a saga that has ended reaches every goal.
    public var goal: WaitGoal
    /// Milliseconds.
    public var timeout: Int64

    /// A wait of at most `timeout` milliseconds; the engine cuts it to ``EngineLimits/waitMax``.
    public init(goal: WaitGoal, timeout: Int64) {
        self.goal = goal
        self.timeout = timeout
    }

    /// Refuses a wait for a state that the version of the saga does not have: it would be in vain.
    func check(in workflow: Workflow) throws(EngineError) {
        guard case .state(let name) = goal, workflow.state(name) == nil else { return }
        throw .noSuchGoal(
            state: name, workflow: workflow.name, version: workflow.version, known: workflow.states.map(\.name))
    }
}

/// What a command gives after its commit, and after its wait where it has one.
public struct Reply<Verdict: Sendable>: Sendable {
    /// What was decided, as committed; a wait does not change it.
    public var verdict: Verdict
    /// The saga after the commit, or as it is when the wait ended.
    public var saga: Saga
    /// The version that the saga is pinned to, for views and masks.
    public var workflow: Workflow
    /// `false` when the time ran out before the goal was reached, or the saga is stuck on the way; `true` without a wait.
    public var reached: Bool
}

/// Whether a start made a saga.
public enum StartVerdict: Sendable, Hashable {
    case created
    /// The same key with the same input: the saga that exists.
    case existing
}

/// Why the engine does not do what it was asked.
public enum EngineError: Error, Sendable, Hashable {
    /// The inbox is full (rule 24); nothing was accepted.
    case busy(inboxMax: Int)
    /// The inbox has no room for the bytes of it, or the caller has its share (rule 24); nothing was accepted.
    case noRoom(String)
    /// The daemon is going down; nothing was accepted.
    case stopping
    /// The daemon was started paused, and nothing moves until it is resumed; nothing was accepted.
    case paused
    /// Processes ended while they decided on the same start (rule 6); nothing was accepted.
    case poison(words: String, count: Int)
    case notFound(reference: String)
    /// No call of this store has that token, or its saga is not kept any more.
    case noCall
    /// The prefix names several sagas.
    case ambiguous(reference: String, matches: Int)
    case unknownWorkflow(name: String, known: [String])
    case unknownVersion(workflow: String, version: String, known: [String])
    /// The key belongs to a live saga that was started with another input.
    case keyConflict(key: String, existing: SagaID)
    case unknownView(name: String, known: [String])
    /// No state of the workflow declares the signal.
    case unknownSignal(name: String, workflow: String, known: [String])
    /// The data of a signal that came before its saga fits what no state asks of it.
    case invalidData(signal: String, workflow: String, [InputSchema.Fault])
    /// A wait for a state that the saga's version does not have; nothing was done.
    case noSuchGoal(state: String, workflow: String, version: String, known: [String])
    /// Sagas are asked for by a state that no workflow has.
    case unknownState(name: String, workflow: String?, known: [String])
    /// Effects are asked for of a participant that no workflow calls.
    case unknownParticipant(name: String, known: [String])
    /// Sagas are asked for by an attribute that no workflow has.
    case unknownAttribute(name: String, workflow: String?, known: [String])
    /// As many signals as there may be wait for their sagas (rule 24); nothing was accepted.
    case tooEarly(what: String, max: Int)
    case rejected(Rejection)
    /// An operator's act that the saga cannot take as it is now; nothing was written.
    case notNow(SagaID, state: String, status: Status, reason: String)
    /// An operator's act without a reason (rule 22).
    case reasonMissing
    /// A job would have more sagas (rule 24).
    case tooManySagas(max: Int)
    /// So many jobs are under way (rule 24).
    case tooManyJobs(max: Int)
    case unknownJob(Int64)
    /// Nobody is told under that name.
    case unknownConsumer(name: String, known: [String])
    /// What is to be made under a name that is none.
    case badConsumer(name: String)
    /// So many are told already (rule 24).
    case tooManyConsumers(max: Int)
    /// A consumer cannot be moved there; nothing was written.
    case wrongCursor(consumer: String, message: String)
    /// A backup is being made already.
    case backingUp
    /// The store takes no writes now; nothing was accepted.
    case store(code: String, message: String)
    /// The saga's rows cannot be read (rule 6).
    case broken(SagaID, message: String)
}
