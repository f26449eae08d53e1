import Basics
import SagaCore
public import SagaEngine

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
    /// How its answers are read, before the rules that hold for all; a workflow's own come first.
    public let answers: [AnswerEntry]
    /// The codes that are its own no: they settle a step also when an earlier attempt may have taken effect (rule 7f).
    public let refusals: Set<String>
    /// Milliseconds for which it remembers an idempotency key; `nil`: for ever (rule 9).
    public let keys: Int64?

    /// 64: many times what two cores carry, and few enough not to drown a participant that has become slow.
    public static let concurrencyDefault = 64
    /// More would need more descriptors than a unit gets by default.
    public static let concurrencyMax = 10_000

    /// Codes that `refusals` has at most.
    public static let refusalsMax = 1_000

    /// - Throws: when a path is none, a number is out of its range, or there are too many answers or refusals.
    public init(
        name: String, address: ParticipantAddress, operations: [String: String] = [:],
        concurrency: Int = ParticipantConfiguration.concurrencyDefault, breaker: BreakerSettings? = BreakerSettings(),
        token: BearerToken? = nil, answers: [AnswerEntry] = [], refusals: Set<String> = [], keys: Int64? = nil
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
        guard answers.count <= AnswerRule.countMax else {
            throw ParticipantConfigurationError(
                code: "too-many",
                message: "participant '\(name)' has \(answers.count) answers; the most is \(AnswerRule.countMax)")
        }
        guard refusals.count <= Self.refusalsMax else {
            throw ParticipantConfigurationError(
                code: "too-many",
                message: "participant '\(name)' has \(refusals.count) refusals; the most is \(Self.refusalsMax)")
        }
        for code in refusals.sorted() where !(1...OutcomeRules.codeBytesMax).contains(code.utf8.count) {
            throw ParticipantConfigurationError(
                code: "bad-refusal",
                message: "participant '\(name)' has the refusal '\(OutcomeRules.clipped(code, to: 64))' of "
                    + "\(code.utf8.count) bytes; a code has 1 to \(OutcomeRules.codeBytesMax)")
        }
        guard keys ?? 1 >= 1 else {
            throw ParticipantConfigurationError(
                code: "bad-keys", message: "participant '\(name)' keeps keys for \(keys ?? 0) ms; it must be 1 or more")
        }
        self.name = name
        self.address = address
        self.operations = operations
        self.concurrency = concurrency
        self.breaker = breaker
        self.token = token
        self.answers = answers
        self.refusals = refusals
        self.keys = keys
    }

    private init(_ other: ParticipantConfiguration, token: BearerToken?) {
        name = other.name
        address = other.address
        operations = other.operations
        concurrency = other.concurrency
        breaker = other.breaker
        answers = other.answers
        refusals = other.refusals
        keys = other.keys
        self.token = token
    }

    /// The same with that token.
    public func with(_ token: BearerToken?) -> ParticipantConfiguration {
        ParticipantConfiguration(self, token: token)
    }

    /// The path of an operation below the address.
    func path(of operation: String) -> String {
        operations[operation] ?? "/" + PercentEncoding.encoded(operation)
    }
}

/// Why a participant cannot be configured so.
public struct ParticipantConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable: `bad-address`, `bad-path`, `bad-concurrency`, `bad-token`, `bad-refusal`, `bad-keys`, `too-many`,
    /// `duplicate`.
    public let code: String
    /// What is wrong, where, and what would be right.
    public let message: String

    public var description: String { message }
}
