import Synchronization

/// A wait for the dispatcher to come round, which ends once: by its turn, or by the waiting task's cancellation.
final class DispatcherProof: Sendable {
    private enum State {
        case idle
        case waiting(CheckedContinuation<Bool, Never>)
        case over(Bool)
    }

    private let state = Mutex(State.idle)

    func wait(_ continuation: CheckedContinuation<Bool, Never>) {
        let outcome: Bool? = state.withLock { state in
            if case .over(let outcome) = state { return outcome }
            state = .waiting(continuation)
            return nil
        }
        if let outcome { continuation.resume(returning: outcome) }
    }

    /// - Parameter taken: whether the dispatcher came round.
    func end(taken: Bool) {
        let waiting: CheckedContinuation<Bool, Never>? = state.withLock { state in
            switch state {
            case .over: return nil
            case .idle:
                state = .over(taken)
                return nil
            case .waiting(let continuation):
                state = .over(taken)
                return continuation
            }
        }
        waiting?.resume(returning: taken)
    }
}
