public import SagaCore

/// One entry of the `answers:` of a participant's configuration (semantics.md, rule 7a).
public struct AnswerEntry: Sendable, Hashable {
    /// The operation whose answers it is for, as the part behind the point has it; `nil`: all.
    public let operation: String?
    /// Its places are those of the configuration's file.
    public let rule: AnswerRule

    /// An entry for the answers of one operation, or of all.
    public init(operation: String? = nil, rule: AnswerRule) {
        self.operation = operation
        self.rule = rule
    }
}
