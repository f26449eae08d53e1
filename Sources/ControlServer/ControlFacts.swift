public import ControlAPI
public import Listener
public import SagaCore
public import SagaEngine
public import SagaStore

/// What the daemon knows and does besides its engine.
public struct ControlFacts: Sendable {
    /// Of the daemon, as `GET /v1/status` shows it.
    public var version: String
    /// Milliseconds since 1970.
    public var startedAt: Int64
    /// What a reload may change, now.
    public var settings: @Sendable () -> Settings
    /// The configured participants, now.
    public var participants: @Sendable () -> [Participant]
    /// The receivers that the daemon tells what happens, now.
    public var webhooks: @Sendable () -> [Webhook]
    /// What the listener's connections have together; `nil` where nothing is counted.
    public var connections: @Sendable () -> ConnectionBudget?
    /// Entries of the log that were lost since the start of the process.
    public var logDropped: @Sendable () -> Int
    /// How near the watchdog has come; `nil` where there is none.
    public var watchdog: @Sendable () -> Watchdog?
    /// Of this process, as the kernel counts it.
    public var process: @Sendable () -> ProcessFacts
    /// Loads workflows and configuration again, whole or not at all; who asked is for the log.
    public var reload: @Sendable (Actor?) async -> Result<ReloadAnswer, ReloadRefusal>
    /// What an answer says that a participant has brought, by its headers and body, to a call.
    public var reading: @Sendable ([(name: String, value: String)], [UInt8], Call) async -> Outcome
    /// Where the store's master key is, read again; throws with a description that has no byte of it.
    public var keys: @Sendable () async throws -> StoreKeys

    /// What the daemon runs with and may be told anew.
    public struct Settings: Sendable {
        /// The largest request body, in bytes.
        public var bodyMax: Int
        /// Those that the engine runs with: shown, not enforced here.
        public var limits: EngineLimits
        /// `nil`: whoever may open the socket may do everything.
        public var roles: Roles?

        /// Bodies of 1 MiB, the engine's defaults and no roles, unless told otherwise.
        public init(bodyMax: Int = 1 << 20, limits: EngineLimits = EngineLimits(), roles: Roles? = nil) {
            self.bodyMax = bodyMax
            self.limits = limits
            self.roles = roles
        }
    }

    /// The watchdog at a moment.
    public struct Watchdog: Sendable {
        /// Seconds after which systemd ends a process that is not fed.
        public var interval: Double
        /// Seconds of it that are left now.
        public var margin: Double
        /// The least that were left whenever it was fed.
        public var leastMargin: Double

        /// The watchdog with what is left.
        public init(interval: Double, margin: Double, leastMargin: Double) {
            self.interval = interval
            self.margin = margin
            self.leastMargin = leastMargin
        }
    }

    /// A participant as `GET /v1/status` shows it.
    public struct Participant: Sendable {
        /// As workflows call it; the engine counts its calls under this name.
        public var name: String
        /// Where it is reached: `http://HOST:PORT` or `unix:PATH`.
        public var url: String
        /// As long as nothing was called: `closed`, or `off` where none is configured.
        public var breaker: String
        /// What operations that are mapped onto an API are sent as.
        public var operations: [StatusResource.Participant.Mapped]

        /// A participant at a moment.
        public init(
            name: String, url: String, breaker: String, operations: [StatusResource.Participant.Mapped] = []
        ) {
            self.operations = operations
            self.name = name
            self.url = url
            self.breaker = breaker
        }
    }

    /// Facts of a daemon without participants and files, unless told otherwise.
    public init(
        version: String, startedAt: Int64, settings: @escaping @Sendable () -> Settings = { Settings() },
        participants: @escaping @Sendable () -> [Participant] = { [] },
        webhooks: @escaping @Sendable () -> [Webhook] = { [] },
        connections: @escaping @Sendable () -> ConnectionBudget? = { nil },
        logDropped: @escaping @Sendable () -> Int = { 0 }, watchdog: @escaping @Sendable () -> Watchdog? = { nil },
        process: @escaping @Sendable () -> ProcessFacts = { .now },
        reload: @escaping @Sendable (Actor?) async -> Result<ReloadAnswer, ReloadRefusal> = { _ in
            .failure(ReloadRefusal(diagnostics: ["there are no files to load"]))
        },
        reading: @escaping @Sendable ([(name: String, value: String)], [UInt8], Call) async -> Outcome = { _, _, _ in
            .unknown(message: "nobody here reads answers")
        },
        keys: @escaping @Sendable () async throws -> StoreKeys = { .file }
    ) {
        self.version = version
        self.startedAt = startedAt
        self.settings = settings
        self.participants = participants
        self.webhooks = webhooks
        self.connections = connections
        self.logDropped = logDropped
        self.watchdog = watchdog
        self.process = process
        self.reload = reload
        self.reading = reading
        self.keys = keys
    }

    var bodyMax: Int { settings().bodyMax }
}

/// Why nothing was loaded again; what runs goes on as before.
public struct ReloadRefusal: Error, Sendable, Hashable {
    /// Every one, as `yogictl check` and the start of the daemon print them; empty when it was not tried.
    public var diagnostics: [String]
    /// What is wrong when it is not the files: too many reloads wait, the daemon stops, the store takes no writes.
    public var obstacle: String?

    /// A refusal for what is wrong with the files.
    public init(diagnostics: [String]) {
        self.diagnostics = diagnostics
    }

    /// A refusal that has nothing to do with the files: the same reload may succeed later.
    public init(obstacle: String) {
        diagnostics = []
        self.obstacle = obstacle
    }
}
