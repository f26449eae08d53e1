public import CEL

/// One saga as the socket shows it; secrets are masked, times are RFC 3339 in UTC with milliseconds.
public struct SagaResource: Sendable, Hashable {
    /// A UUIDv7 in 36 characters; a prefix of 8 digits or more names it too while no other saga has it.
    public var id: String
    /// The small number that people call it by, unique within its workflow: `workflow:serial` names it too.
    public var serial: Int?
    /// The business key; the id where the workflow and the start give none.
    public var key: String
    /// The name of its workflow.
    public var workflow: String
    /// The version that it is pinned to, as text.
    public var version: String
    /// The workflow's state that it is in; while it compensates, the one that it left.
    public var state: String
    /// `running`, `waiting`, `cancelling`, `compensating`, `stuck`, `paused`, `succeeded`, `cancelled` or `terminated`.
    public var status: String
    /// Why it is stuck.
    public var reason: String?
    /// When its start was decided.
    public var startedAt: String
    /// When its newest record was decided.
    public var updatedAt: String
    /// As started, every secret replaced by `***`.
    public var input: Value
    /// What the workflow's `set` has kept, masked like `input`.
    public var vars: MapValue
    /// What it can be searched by, as of `updatedAt`; those whose expression fails are absent.
    public var attributes: MapValue
    /// The newest ``stepsMax`` in the order in which they were armed; a state that was visited twice has two.
    public var steps: [Step]
    /// How many steps came before those; its history has them.
    public var earlierSteps: Int
    /// What is tried again and again, while it has no definite answer.
    public var trying: Trying?
    /// What its call waits for, while the participant is away.
    public var parked: ParkedResource?
    /// The earliest first.
    public var timers: [Timer]
    /// The signals that its state takes now.
    public var signals: [String]
    /// Where it goes once the call in flight is settled.
    public var leavingTo: String?
    /// `accepted`, `deferred`, or `too-late` when it was deferred and the saga passed its pivot.
    public var cancel: String?
    /// Late answers that contradict what the saga knows, the oldest first.
    public var alarms: [Alarm]
    /// What helps a saga that is stuck.
    public var hint: Hint?
    /// `false` when a wait ran out before its goal.
    public var reached: Bool

    /// The most steps that one resource has.
    public static let stepsMax = 100

    /// Attempts in a row that ended alike, without a definite answer.
    public struct Trying: Sendable, Hashable {
        /// The step's number.
        public var step: Int
        /// What is called: the step's operation, or that of its compensation.
        public var call: String
        /// `unreached`, `unknown`, `held`, `pending`, `unrecognised` or `overdue`.
        public var outcome: String
        /// How many ended so.
        public var count: Int
        /// When the first of them ended.
        public var first: String
        /// What was said last, secrets masked.
        public var message: String
        /// When it is tried or asked next; `nil` while that is under way.
        public var next: String?

        /// Attempts of one step.
        public init(
            step: Int, call: String, outcome: String, count: Int, first: String, message: String, next: String?
        ) {
            self.step = step
            self.call = call
            self.outcome = outcome
            self.count = count
            self.first = first
            self.message = message
            self.next = next
        }
    }

    /// A step that was armed.
    public struct Step: Sendable, Hashable {
        /// Unique in the saga: the number of its `step-armed` record.
        public var number: Int
        /// The state that made the call.
        public var state: String
        /// `participant.operation`, forward.
        public var call: String
        /// `none`, `unknown`, `pending`, `succeeded`, `refused`, `compensated` or `skipped`.
        public var outcome: String
        /// Whether something of it may be left in the outside world.
        public var armed: Bool
        /// The idempotency key of the forward call; the same for every attempt.
        public var key: String
        /// Forward attempts that were made.
        public var attempts: Int
        /// The compensation's operation, once it is armed, and how often it was tried.
        public var undo: String?
        /// 0, and not on the wire, while `undo` is `nil`.
        public var undoAttempts: Int

        /// A step; `undoAttempts` counts only with an `undo`.
        public init(
            number: Int, state: String, call: String, outcome: String, armed: Bool, key: String, attempts: Int,
            undo: String?, undoAttempts: Int
        ) {
            self.number = number
            self.state = state
            self.call = call
            self.outcome = outcome
            self.armed = armed
            self.key = key
            self.attempts = attempts
            self.undo = undo
            self.undoAttempts = undoAttempts
        }
    }

    /// The world may not be as the saga says: somebody must look.
    public struct Alarm: Sendable, Hashable {
        /// The number of the record that raised it.
        public var number: Int
        /// When it was raised.
        public var at: String
        /// The step that it is about.
        public var step: Int
        /// What contradicts what.
        public var message: String

        /// An alarm that was raised.
        public init(number: Int, at: String, step: Int, message: String) {
            self.number = number
            self.at = at
            self.step = step
            self.message = message
        }
    }

    /// What a stuck saga waits for, and what helps.
    public struct Hint: Sendable, Hashable {
        /// A sentence without its full stop.
        public var waitsFor: String
        /// Command lines, the first one the most likely; empty when nothing helps.
        public var commands: [String]

        /// A hint; `commands` are whole command lines but for the reason.
        public init(waitsFor: String, commands: [String]) {
            self.waitsFor = waitsFor
            self.commands = commands
        }
    }

    /// A timer that will fire.
    public struct Timer: Sendable, Hashable {
        /// The text in the workflow's file (`10m`), or `deadline`.
        public var name: String
        /// When it fires; late when the daemon was down then.
        public var due: String

        /// A timer that was set.
        public init(name: String, due: String) {
            self.name = name
            self.due = due
        }
    }

    /// A saga whose secrets are masked already.
    public init(
        id: String, key: String, workflow: String, version: String, state: String, status: String, reason: String?,
        startedAt: String, updatedAt: String, input: Value, vars: MapValue, attributes: MapValue, steps: [Step],
        timers: [Timer], signals: [String], leavingTo: String?, cancel: String?, alarms: [Alarm] = [],
        hint: Hint? = nil, earlierSteps: Int = 0, trying: Trying? = nil, reached: Bool = true, serial: Int? = nil
    ) {
        self.serial = serial
        self.earlierSteps = earlierSteps
        self.trying = trying
        self.alarms = alarms
        self.hint = hint
        self.id = id
        self.key = key
        self.workflow = workflow
        self.version = version
        self.state = state
        self.status = status
        self.reason = reason
        self.startedAt = startedAt
        self.updatedAt = updatedAt
        self.input = input
        self.vars = vars
        self.attributes = attributes
        self.steps = steps
        self.timers = timers
        self.signals = signals
        self.leavingTo = leavingTo
        self.cancel = cancel
        self.reached = reached
    }
}
