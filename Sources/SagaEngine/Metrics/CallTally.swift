import SagaCore
import Synchronization

/// What becomes of calls, and how long they take; under a lock of its own, which is held for an addition or a copy.
final class CallTally: Sendable {
    private let values = Mutex(Bounded<Operation, EngineMetrics.Calls>(most: EngineMetrics.operationsMax))

    /// A copy.
    var current: Bounded<Operation, EngineMetrics.Calls> { values.withLock { $0.separate } }

    /// It leaves now.
    func left(_ operation: Operation) {
        values.withLock { $0.change(operation, new: .init()) { $0.attempts += 1 } }
    }

    func ended(_ operation: Operation, _ outcome: Outcome, nanoseconds: Int64) {
        values.withLock { values in
            values.change(operation, new: .init()) { $0.add(outcome, nanoseconds: nanoseconds) }
        }
    }
}
