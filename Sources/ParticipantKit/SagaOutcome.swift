public import HTTPTypes

/// What an answer says about the key of its call, in the header `Saga-Outcome`: the participant's own word, which no proxy or framework
/// says in its place. An answer that can say nothing of the key has none.
public enum SagaOutcome: String, Sendable, Equatable, CaseIterable {
    /// It took effect.
    case succeeded
    /// It did not, and never will.
    case refused
    /// This request did nothing; it says nothing of earlier ones with the same key.
    case retry
    /// It is at work, or will be; the answer comes later.
    case pending

    /// The header's name.
    public static let header = HTTPField.Name("Saga-Outcome")
}

extension HTTPFields {
    mutating func set(_ outcome: SagaOutcome?) {
        guard let outcome, let name = SagaOutcome.header else { return }
        self[name] = outcome.rawValue
    }
}
