import Logging
import SagaCore
import SagaStore

extension Loop {
    /// Where the loop's results go.
    struct Outlets: Sendable {
        var dispatch: @Sendable ([Call]) -> Void
        /// The sagas of a commit as they are now, before its calls are dispatched; those that leave, once more after it.
        var changed: @Sendable ([Entry]) -> Void = { _ in }
        var observe: @Sendable ([CommittedChange]) -> Void
        /// Calls that have left and have not come back.
        var inFlight: @Sendable () -> Int = { 0 }
        /// There was a commit, and whoever is to know of it first does.
        var rang: @Sendable () -> Void = {}
        /// Whether waits are over: the daemon is going down.
        var waitsEnded: @Sendable () -> Bool
        var gauges: Gauges
        var logger: Logger
        /// Whether nothing moves by itself, until it says otherwise.
        var isPaused: @Sendable () -> Bool = { false }
        /// The workflows that are decided by from now on.
        var loaded: @Sendable (WorkflowSet) -> Void = { _ in }
        /// Whether calls are kept back, also those that wait for room at a participant.
        var hold: @Sendable (Bool) -> Void = { _ in }
        /// The calls that have not left, when the daemon goes down: none of them will.
        var giveBack: @Sendable () -> [Call] = { [] }
    }

    /// What a cycle came to.
    enum Cycle: Equatable {
        /// There was a batch; there may be another at once.
        case worked
        /// There is nothing to do for so long, unless something comes to the inbox or the clock jumps.
        case idle(milliseconds: Int64)
        /// The inbox is closed and empty, and nobody waits any more.
        case finished
    }
}
