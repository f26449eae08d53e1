/// One participant, as the `participants:` block of the configuration has it (`control.md`, "Files").
public struct ParticipantConfiguration: Sendable, Hashable {
    /// What stands before the point in a workflow's `call:`.
    public let name: String
    /// Where all its operations are; their paths come behind its base.
    public let address: ParticipantAddress
    /// Paths below the address by operation; an operation that is not in it is sent to `/OPERATION`.
    public let operations: [String: String]
    /// Calls in flight at most, 1 to 10,000.
    public let concurrency: Int
    /// `nil`: no breaker.
    public let breaker: BreakerSettings?
    /// Sent with each call; from a credential, never from the configuration's text.
    public let token: BearerToken?

    /// 64: many times what two cores carry, and few enough not to drown a participant that has become slow.
    public static let concurrencyDefault = 64
    /// More would need more descriptors than a unit gets by default.
    public static let concurrencyMax = 10_000

    /// - Throws: when a path is none or the concurrency is out of its range.
    public init(
        name: String, address: ParticipantAddress, operations: [String: String] = [:],
        concurrency: Int = ParticipantConfiguration.concurrencyDefault, breaker: BreakerSettings? = BreakerSettings(),
        token: BearerToken? = nil
    ) throws(ParticipantConfigurationError) {
        guard (1...Self.concurrencyMax).contains(concurrency) else {
            throw ParticipantConfigurationError(
                code: "bad-concurrency",
                message: "participant '\(name)' has concurrency \(concurrency); it must be 1 to \(Self.concurrencyMax)")
        }
        for (operation, path) in operations.sorted(by: { $0.key < $1.key }) where !URLPath.isPath(path) {
            throw ParticipantConfigurationError(
                code: "bad-path",
                message: "operation '\(name).\(operation)' has path '\(path)'; it must begin with a slash, as in "
                    + "/\(operation), without query, fragment and unescaped characters")
        }
        self.name = name
        self.address = address
        self.operations = operations
        self.concurrency = concurrency
        self.breaker = breaker
        self.token = token
    }

    private init(_ other: ParticipantConfiguration, token: BearerToken?) {
        name = other.name
        address = other.address
        operations = other.operations
        concurrency = other.concurrency
        breaker = other.breaker
        self.token = token
    }

    /// The same with that token.
    public func with(_ token: BearerToken?) -> ParticipantConfiguration {
        ParticipantConfiguration(self, token: token)
    }

    /// The path of an operation below the address.
    func path(of operation: String) -> String {
        operations[operation] ?? "/" + URLPath.encoded(operation)
    }
}

/// When calls to a participant stop being sent, and for how long.
public struct BreakerSettings: Sendable, Hashable {
    /// Failures in a row, without an answer between them, that open it; 1 or more.
    public let failures: Int
    /// Milliseconds in which they must come.
    public let within: Int64
    /// Milliseconds until one call is let through again.
    public let cooldown: Int64

    /// Defaults: 5 failures within 30 s open it for 10 s.
    ///
    /// - Throws: when a number is below 1.
    public init(failures: Int, within: Int64, cooldown: Int64) throws(ParticipantConfigurationError) {
        guard failures >= 1, within >= 1, cooldown >= 1 else {
            throw ParticipantConfigurationError(
                code: "bad-breaker",
                message: "a breaker of \(failures) failures within \(within) ms and a cooldown of \(cooldown) ms "
                    + "cannot be: each must be 1 or more")
        }
        self.failures = failures
        self.within = within
        self.cooldown = cooldown
    }

    /// 5 failures within 30 s open it for 10 s.
    public init() {
        failures = 5
        within = 30_000
        cooldown = 10_000
    }
}

/// Why a participant cannot be configured so.
public struct ParticipantConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable: `bad-address`, `bad-path`, `bad-concurrency`, `bad-breaker`, `bad-token`, `duplicate`.
    public let code: String
    /// What is wrong, where, and what would be right.
    public let message: String

    public var description: String { message }
}
