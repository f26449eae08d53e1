/// What a saga is doing (semantics.md, "Statuses").
public enum Status: UInt8, Sendable, Hashable, CaseIterable {
    /// A step is in flight or due.
    case running = 0
    /// For a signal or a timer.
    case waiting = 1
    /// Settling the call in flight before a cancel.
    case cancelling = 2
    case compensating = 3
    /// Needs an operator.
    case stuck = 4
    case paused = 5
    case succeeded = 16
    case cancelled = 17
    case terminated = 18

    /// Whether the saga will never do anything again.
    public var isEnded: Bool { rawValue >= Status.succeeded.rawValue }

    /// No step is in flight or due: what `wait=settled` waits for.
    public var isSettled: Bool {
        switch self {
        case .waiting, .stuck, .paused, .succeeded, .cancelled, .terminated: true
        case .running, .cancelling, .compensating: false
        }
    }

    /// The word of the socket and of the command line; `rawValue` is the store's.
    public var name: String {
        switch self {
        case .running: "running"
        case .waiting: "waiting"
        case .cancelling: "cancelling"
        case .compensating: "compensating"
        case .stuck: "stuck"
        case .paused: "paused"
        case .succeeded: "succeeded"
        case .cancelled: "cancelled"
        case .terminated: "terminated"
        }
    }

    /// The status with that ``name``; `nil` for any other word.
    public init?(name: String) {
        guard let status = Self.allCases.first(where: { $0.name == name }) else { return nil }
        self = status
    }
}
