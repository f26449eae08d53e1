import Synchronization

/// What the engine does right now: what it says when it hangs.
public enum Phase: UInt8, Sendable, Hashable, CaseIterable {
    /// The loop has not begun, or has ended.
    case ended
    /// For something to do.
    case waiting
    /// The store, for what sagas and timers say.
    case reading
    case deciding
    /// Rows, in a transaction.
    case writing
    /// Waits for the disk to have what was written.
    case committing
    /// Replies and wake-ups.
    case answering
    /// The store, whether it takes writes.
    case probing
    /// The loop moves, and what wakes the dispatcher is not taken up.
    case dispatching

    /// For the log and for people.
    public var words: String {
        switch self {
        case .ended: "the loop does not run"
        case .waiting: "waiting for something to do"
        case .reading: "reading the store"
        case .deciding: "deciding"
        case .writing: "writing"
        case .committing: "committing"
        case .answering: "answering"
        case .probing: "asking the store whether it takes writes"
        case .dispatching: "the dispatcher takes up no calls"
        }
    }
}

/// Where the loop says what it does, at the cost of a store to memory.
final class PhaseMark: Sendable {
    private let value = Atomic<UInt8>(Phase.ended.rawValue)

    func set(_ phase: Phase) { value.store(phase.rawValue, ordering: .relaxed) }

    var current: Phase { Phase(rawValue: value.load(ordering: .relaxed)) ?? .ended }
}
