public import CEL
public import SagaCore
public import SagaStore

/// Which sagas a list shows.
public struct SagaFilter: Sendable, Hashable {
    /// By name, all its versions.
    public var workflow: String?
    /// The one saga of a workflow, or of each.
    public var serial: Int64?
    /// By the business key; a workflow must be named too.
    public var key: String?
    /// By name; also of ended sagas, whose state is their final one.
    public var state: String?
    /// One status; `nil` shows live and ended ones.
    public var status: Status?
    /// Attributes that must have these values, as texts.
    public var attributes: [Attribute]
    /// Only those with alarms, live and ended ones.
    public var withAlarms: Bool
    /// 1 ... 1000.
    public var limit: Int
    /// Only sagas that were started before this one: the cursor.
    public var after: SagaID?

    /// A searchable attribute and the value that it must have.
    public struct Attribute: Sendable, Hashable {
        /// One of a workflow's `attributes:`.
        public var name: String
        /// Compared as a whole, with the attribute's value as text: strings as they are, all else as JSON.
        public var value: String

        /// Sagas whose attribute `name` reads `value`.
        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    /// All sagas, 100 to a page, unless told otherwise.
    public init(
        workflow: String? = nil, serial: Int64? = nil, key: String? = nil, state: String? = nil,
        status: Status? = nil,
        attributes: [Attribute] = [], withAlarms: Bool = false, limit: Int = 100, after: SagaID? = nil
    ) {
        self.withAlarms = withAlarms
        self.workflow = workflow
        self.serial = serial
        self.key = key
        self.state = state
        self.status = status
        self.attributes = attributes
        self.limit = limit
        self.after = after
    }
}

/// Sagas, newest first.
public struct SagaPage: Sendable {
    /// One that does not read is stuck, with the reason.
    public var sagas: [ListedSaga]
    /// Where the next page begins; `nil` on the last one.
    public var next: SagaID?
}

/// A page of what happened to a saga.
public struct SagaHistory: Sendable {
    /// The saga as it was when the page was read, or a little before.
    public var saga: Saga
    /// The version that the saga is pinned to.
    public var workflow: Workflow
    /// Records in order, secrets not masked.
    public var entries: [HistoryEntry]
    /// The number behind which the next page begins; `nil` on the last one.
    public var next: Int?
}

/// One record of a history.
public struct HistoryEntry: Sendable, Hashable {
    /// From 1.
    public var number: Int
    /// When the input that caused it was decided; the same for all records of one input.
    public var at: Instant
    /// What happened.
    public var record: Record
}

/// Rows of a view, newest saga first.
public struct ViewPage: Sendable {
    /// At most the limit. What of a row fails says so in its place.
    public var rows: [Row]
    /// Whether some may be by an older definition of the view, until it is rebuilt.
    public var isOlder = false
    /// Where the next page begins; `nil` on the last one.
    public var next: SagaID?

    /// What one saga shows in a view, as of its last commit.
    public struct Row: Sendable {
        /// The saga that the row belongs to.
        public var saga: SagaID
        /// What the view's `key` gives, as text; where that fails, why.
        public var key: String
        /// What the view's `row` gives; any JSON value.
        public var row: Value
    }
}

/// A loaded workflow, for listings.
public struct WorkflowSummary: Sendable, Hashable {
    /// Several summaries share it when sagas still run on older versions.
    public var name: String
    /// As text; unique with `name`.
    public var version: String
    /// SHA-256 of the file, lower-case hexadecimal.
    public var digest: String
    /// The file's own line; may be empty.
    public var summary: String
    /// Whether new sagas start with it: of the loaded versions the highest by `VersionOrder`.
    public var isCurrent: Bool
    /// Sagas of this version that have not ended, stuck ones among them.
    public var liveSagas: Int
}

/// How the engine is doing.
public struct EngineStatus: Sendable, Hashable {
    /// Live sagas; statuses without any are left out.
    public var live: [Status: Int]
    /// Commands that wait to be decided.
    public var backlog: Int
    /// Commands and looks whose answer waits until their saga has got somewhere.
    public var waits: Int
    /// Calls in flight, and calls that wait for room, by participant.
    public var calls: [String: CallCounts]
    /// Since the start of the process.
    public var inputs: Int
    /// Transactions since the start of the process; `inputs` divided by it is the size of a batch.
    public var commits: Int
    /// Bytes of the store's pages.
    public var storeBytes: Int64
    /// How the store is sealed.
    public var seal: SealStatus
    /// What retention took away.
    public var pruned: Pruned
    /// The views whose rows are not all as their definitions say.
    public var views: [ViewState]
    /// Commands that wait, sagas in memory, and signals that wait for their sagas.
    public var bytes: Bytes
    /// The last failure to write, while the store takes no writes.
    public var storeTrouble: StoreTrouble?

    /// The pools that are counted in bytes.
    public struct Bytes: Sendable, Hashable {
        /// Of commands, and of ends of calls, that wait to be decided.
        public var inbox: ByteGauge
        /// Of sagas in memory.
        public var cache: ByteGauge
        /// Of signals that came before their sagas, in the store.
        public var early: ByteGauge
    }

    /// The calls of one participant that have not come back.
    public struct CallCounts: Sendable, Hashable {
        /// Sent and not answered; at most ``LaneSettings/concurrency``.
        public var inFlight: Int
        /// Committed and waiting for one of those places, or for the participant to come back; bounded by the live sagas.
        public var queued: Int
        /// `nil`: it has none.
        public var breaker: BreakerState?
        /// `nil` while none waits for the participant to come back.
        public var parking: Parking?
    }
}

/// What one commit did to one saga.
public struct CommittedChange: Sendable {
    /// The saga after the commit.
    public var saga: Saga
    /// The version that the saga is pinned to.
    public var workflow: Workflow
    /// What the input added to the history, in order; never empty.
    public var records: [Record]
    /// When the input was decided; the same for all changes of one commit.
    public var at: Instant
}
