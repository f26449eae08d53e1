/// What a round trip through the loop and its store has shown.
///
/// Two questions, and they must not be mixed: a daemon that waits for room on its disk makes progress, and a watchdog that ended it
/// would help nobody; but it can take no work.
public enum Proof: Sendable, Hashable {
    /// The loop moved, and the store takes writes.
    case sound
    /// The loop moved, and the store answered that it takes no writes.
    case troubled(StoreTrouble)
    /// The loop has ended or its inbox is full of probes: nothing is shown.
    case missing

    /// What feeds the watchdog (semantics.md, rule 23).
    public var isProgress: Bool { self != .missing }

    /// Whether new work would be taken.
    public var isReady: Bool { self == .sound }
}

/// Why the store takes no writes.
public struct StoreTrouble: Sendable, Hashable {
    /// The raw value of `StoreError.Code`: `full`, `read-only` …
    public var code: String
    /// What, which file, and what to do next.
    public var message: String

    /// A trouble with its sentence.
    public init(code: String, message: String) {
        self.code = code
        self.message = message
    }
}
