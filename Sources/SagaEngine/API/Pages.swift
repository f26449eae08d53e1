public import CEL
public import SagaCore

/// Which sagas a list shows.
public struct SagaFilter: Sendable, Hashable {
    public var workflow: String?
    public var state: String?
    public var status: Status?
    /// Attributes that must have these values, as texts.
    public var attributes: [Attribute]
    /// 1 ... 1000.
    public var limit: Int
    /// Only sagas that were started before this one: the cursor.
    public var after: SagaID?

    public struct Attribute: Sendable, Hashable {
        public var name: String
        public var value: String

        public init(name: String, value: String) {
            self.name = name
            self.value = value
        }
    }

    public init(
        workflow: String? = nil, state: String? = nil, status: Status? = nil, attributes: [Attribute] = [],
        limit: Int = 100, after: SagaID? = nil
    ) {
        self.workflow = workflow
        self.state = state
        self.status = status
        self.attributes = attributes
        self.limit = limit
        self.after = after
    }
}

/// Sagas, newest first.
public struct SagaPage: Sendable {
    public var sagas: [(saga: Saga, workflow: Workflow)]
    /// Where the next page begins; `nil` on the last one.
    public var next: SagaID?
}

/// A saga with all that happened to it.
public struct SagaHistory: Sendable {
    public var saga: Saga
    public var workflow: Workflow
    public var entries: [HistoryEntry]
}

/// One record of a history.
public struct HistoryEntry: Sendable, Hashable {
    /// From 1.
    public var number: Int
    public var at: Instant
    public var record: Record
}

/// Rows of a view, newest saga first.
public struct ViewPage: Sendable {
    public var rows: [Row]
    public var next: SagaID?

    public struct Row: Sendable {
        public var saga: SagaID
        public var key: String
        public var row: Value
    }
}

/// A loaded workflow, for listings.
public struct WorkflowSummary: Sendable, Hashable {
    public var name: String
    public var version: String
    public var digest: String
    public var summary: String
    public var isCurrent: Bool
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
    public var commits: Int
    /// Bytes of the store's pages.
    public var storeBytes: Int64
    /// The last failure to write, while the store takes no writes.
    public var storeTrouble: String?

    public struct CallCounts: Sendable, Hashable {
        public var inFlight: Int
        public var queued: Int
    }
}

/// What one commit did to one saga.
public struct CommittedChange: Sendable {
    public var saga: Saga
    public var workflow: Workflow
    public var records: [Record]
    public var at: Instant
}
