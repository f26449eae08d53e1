import Basics
import SagaCore
public import SagaEngine

/// One participant, as the `participants:` block of the configuration has it (`control.md`, "Files").
public struct ParticipantConfiguration: Sendable, Hashable {
    /// What stands before the point in a workflow's `call:`.
    public let name: String
    /// Where all its operations are; their paths come behind its base.
    public let address: ParticipantAddress
    /// How operations are sent; one that is not in it is a `POST /OPERATION` of its request as JSON.
    public let operations: [String: OperationMapping]
    /// The header in which the step's key is sent.
    public let keyHeader: String
    /// Calls in flight at most, 1 to 10,000.
    public let concurrency: Int
    /// `nil`: no breaker.
    public let breaker: BreakerSettings?
    /// Sent with each call; from a credential, never from the configuration's text.
    public let token: BearerToken?
    /// The credentials that headers of operations name.
    public let secrets: [String: BearerToken]
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

    /// By the draft of the IETF's HTTPAPI group, and what most APIs took over from it.
    public static let keyHeaderDefault = "Idempotency-Key"

    /// Codes that `refusals` has at most.
    public static let refusalsMax = 1_000

    /// - Throws: when a number is out of its range, a header is sent by two keys, or there are too many answers or refusals.
    public init(
        name: String, address: ParticipantAddress, operations: [String: OperationMapping] = [:],
        keyHeader: String = ParticipantConfiguration.keyHeaderDefault,
        concurrency: Int = ParticipantConfiguration.concurrencyDefault, breaker: BreakerSettings? = BreakerSettings(),
        token: BearerToken? = nil, answers: [AnswerEntry] = [], refusals: Set<String> = [], keys: Int64? = nil
    ) throws(ParticipantConfigurationError) {
        guard (1...Self.concurrencyMax).contains(concurrency) else {
            throw ParticipantConfigurationError(
                code: "bad-concurrency",
                message: "participant '\(name)' has concurrency \(concurrency); it must be 1 to \(Self.concurrencyMax)")
        }
        try Self.check(keyHeader, operations, name)
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
        self.keyHeader = keyHeader
        secrets = [:]
        self.concurrency = concurrency
        self.breaker = breaker
        self.token = token
        self.answers = answers
        self.refusals = refusals
        self.keys = keys
    }

    private init(_ other: ParticipantConfiguration, token: BearerToken?, secrets: [String: BearerToken]) {
        name = other.name
        address = other.address
        operations = other.operations
        keyHeader = other.keyHeader
        concurrency = other.concurrency
        breaker = other.breaker
        answers = other.answers
        refusals = other.refusals
        keys = other.keys
        self.token = token
        self.secrets = secrets
    }

    /// The same with that token, and those credentials for the headers of its operations.
    public func with(_ token: BearerToken?, secrets: [String: BearerToken] = [:]) -> ParticipantConfiguration {
        ParticipantConfiguration(self, token: token, secrets: secrets)
    }

    private static func check(
        _ keyHeader: String, _ operations: [String: OperationMapping], _ name: String
    ) throws(ParticipantConfigurationError) {
        if keyHeader.lowercased() != keyHeaderDefault.lowercased() {
            let taken = ["accept", "content-type", "authorization"]
            let reason =
                HeaderField.reasonAgainst(keyHeader)
                ?? (taken.contains(keyHeader.lowercased()) ? "it says something else" : nil)
            if let reason {
                throw ParticipantConfigurationError(
                    code: "bad-header",
                    message: "participant '\(name)' has the key-header '\(OutcomeRules.clipped(keyHeader, to: 64))', "
                        + "in which no key can be sent: \(reason)")
            }
        }
        for (operation, mapping) in operations.sorted(by: { $0.key < $1.key }) {
            for header in mapping.headers where header.name.lowercased() == keyHeader.lowercased() {
                throw ParticipantConfigurationError(
                    code: "bad-header",
                    message: "operation '\(operation)' has the header '\(header.name)', in which the key is sent")
            }
        }
    }

    /// All that is sent to prove who calls, and told to nobody else.
    var proofs: [BearerToken] { [token].compactMap(\.self) + secrets.sorted { $0.key < $1.key }.map(\.value) }
}

/// Why a participant cannot be configured so.
public struct ParticipantConfigurationError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable: `bad-address`, `bad-operation`, `bad-path`, `bad-header`, `bad-concurrency`, `bad-token`, `bad-refusal`,
    /// `bad-keys`, `too-many`, `duplicate`.
    public let code: String
    /// What is wrong, where, and what would be right.
    public let message: String

    public var description: String { message }
}
