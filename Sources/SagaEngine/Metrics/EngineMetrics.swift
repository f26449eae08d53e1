public import SagaCore

/// What an operator graphs and alerts on, of the engine: counts since the start of the process, and what is there now.
public struct EngineMetrics: Sendable {
    /// Live sagas; `nil` when they cannot be counted now.
    public var live: [Live]?
    /// When the oldest live saga of each workflow was started; `nil` when the store cannot be read.
    public var oldest: [String: Instant]?
    /// By the workflow's name.
    public var sagas: Bounded<String, Sagas>
    /// How often sagas got stuck.
    public var stuck: Bounded<Trouble, Int>
    /// The names of the workflows that new sagas are started with.
    public var workflows: [String]
    /// Calls that have left, by operation.
    public var calls: Bounded<Operation, Calls>
    /// Calls that have not come back, and breakers, by participant.
    public var participants: [String: EngineStatus.CallCounts]
    /// Transactions that hold what orders came to.
    public var commits: Int
    /// Orders and chores that were taken.
    public var inputs: Int
    /// Seconds of the commits of orders, from the first row on.
    public var commit: Histogram
    /// Seconds of their COMMIT alone, which syncs the log.
    public var sync: Histogram
    /// Orders in each of them.
    public var orders: Histogram
    /// Seconds after which timers came.
    public var lateness: Histogram
    /// What waits to be decided, and how many commands may.
    public var inbox: (waiting: Int, most: Int)
    /// Commands that were turned away as the inbox was full.
    public var refused: Int
    /// Whose answer waits until their saga has got somewhere.
    public var waits: Int
    /// Bytes of the store's pages; `nil` when it cannot be read.
    public var storeBytes: Int64?
    /// Of its write-ahead log.
    public var logBytes: Int64
    /// The store takes writes.
    public var isWritable: Bool
    /// Nothing moves until it is resumed.
    public var isPaused: Bool
    /// What retention took away.
    public var pruned: Pruned
    /// Who is told what happens under a name; none when the store cannot be read.
    public var consumers: [ConsumerState]

    /// More workflows than these are counted together.
    public static let workflowsMax = 64
    /// More workflows and states than these are counted together.
    public static let statesMax = 256
    /// More workflows and codes than these are counted together.
    public static let troublesMax = 256
    /// More operations than these are counted together.
    public static let operationsMax = 128
    /// More participants than these are counted together.
    public static let participantsMax = 64

    /// Live sagas of a workflow, all its versions, with a status and in a state.
    public struct Live: Sendable, Hashable {
        /// Its name.
        public var workflow: String
        /// What they do.
        public var status: Status
        /// Where they are.
        public var state: String
        /// How many.
        public var count: Int
    }

    /// What happened to the sagas of a workflow.
    public struct Sagas: Sendable {
        /// How many were started.
        public internal(set) var started = 0
        /// Answers that contradict what was known.
        public internal(set) var alarms = 0
        private var endings = InlineArray<3, Int>(repeating: 0)

        /// None.
        public init() {}

        /// In the order in which they are shown.
        public static let endStatuses: [Status] = [.succeeded, .cancelled, .terminated]

        /// How many ended so.
        public func ended(_ status: Status) -> Int { Self.endStatuses.firstIndex(of: status).map { endings[$0] } ?? 0 }

        mutating func ended(_ status: Status) {
            if let place = Self.endStatuses.firstIndex(of: status) { endings[place] += 1 }
        }
    }

    /// What sagas got stuck at.
    public struct Trouble: Sendable, Hashable {
        /// Of the saga.
        public var workflow: String
        /// A `Saga.StuckCode`.
        public var code: String
    }

    /// The calls of an operation.
    public struct Calls: Sendable {
        /// How many left.
        public internal(set) var attempts = 0
        private var histograms = InlineArray<7, Histogram?>(repeating: nil)

        private static let names = [
            "succeeded", "refused", "unreached", "unknown", "pending", "held", "forgotten",
        ]

        /// None.
        public init() {}

        /// Seconds that they took, by ``SagaCore/Outcome/name``; those without a call are left out.
        public var outcomes: [(outcome: String, seconds: Histogram)] {
            Self.names.indices.compactMap { place in
                histograms[place].map { (outcome: Self.names[place], seconds: $0) }
            }
        }

        mutating func add(_ outcome: Outcome, nanoseconds: Int64) {
            let name = outcome.name
            guard let place = Self.names.firstIndex(of: name) else { return }
            var histogram = histograms[place] ?? Histogram(.call)
            histogram.add(nanoseconds: nanoseconds)
            histograms[place] = histogram
        }
    }
}
