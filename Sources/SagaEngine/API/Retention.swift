import SagaCore

/// For how long ended sagas and jobs are kept, in milliseconds since the last thing that they did; `nil`: for ever.
public struct Retention: Sendable, Hashable {
    /// Those that ended `succeeded`.
    public var succeeded: Int64?
    /// Those that ended `cancelled`.
    public var cancelled: Int64?
    /// Those that an operator terminated.
    public var terminated: Int64?
    /// Those with an alarm or with an effect that is left outstanding, however they ended: somebody may still have to look.
    public var withAlarms: Int64?
    /// Jobs that have ended.
    public var jobs: Int64?

    /// Everything is kept for ever, unless said otherwise.
    public init(
        succeeded: Int64? = nil, cancelled: Int64? = nil, terminated: Int64? = nil, withAlarms: Int64? = nil,
        jobs: Int64? = nil
    ) {
        self.succeeded = succeeded
        self.cancelled = cancelled
        self.terminated = terminated
        self.withAlarms = withAlarms
        self.jobs = jobs
    }

    /// The shortest time for which a saga is kept; `nil` when none is ever taken away.
    var shortest: Int64? { [succeeded, cancelled, terminated, withAlarms].compactMap(\.self).min() }

    /// The longest time for which a saga is kept of those that are not kept for ever; `nil` when all are.
    var longest: Int64? { [succeeded, cancelled, terminated, withAlarms].compactMap(\.self).max() }

    /// For how long that saga is kept.
    func time(for saga: Saga) -> Int64? {
        if saga.isTaggedByFate { return withAlarms }
        switch saga.status {
        case .succeeded: return succeeded
        case .cancelled: return cancelled
        case .terminated: return terminated
        default: return nil
        }
    }
}

/// What retention has taken away since the start of the process.
public struct Pruned: Sendable, Hashable {
    public var sagas = 0
    public var jobs = 0
    /// Pages that were given back to the file system.
    public var pages = 0
}
