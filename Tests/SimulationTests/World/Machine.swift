import SagaCore
import SagaStore
import Synchronization

@testable import SagaEngine
@testable import SagaStore

/// What the engine's process runs on: it carries out what the engine asks for, until it dies. Nothing that a dead process still does
/// is seen by anyone, and none of its commits lands.
final class Machine: Sendable {
    /// What left the process, in order.
    enum Effect: Sendable {
        case call(Call)
        case answer(command: Int, Result<Done, EngineError>)
        case change(CommittedChange)
        /// A saga has changed, and its new call is not sent yet.
        case changed(Saga)
    }

    private struct State {
        var life = 0
        var isDead = false
        /// Points until the process dies.
        var fuse: Int?
        var writes = 0
        var faults: [Int: Chaos.WriteFault] = [:]
        var failing: (times: Int, code: String)?
        var spent: Int64 = 0
        var effects: [Effect] = []

        /// Counts a point at which the process may die.
        mutating func burn() -> Bool {
            guard !isDead, let left = fuse else { return isDead }
            fuse = left > 1 ? left - 1 : nil
            isDead = left <= 1
            return isDead
        }
    }

    private let state = Mutex(State())

    /// From now on the disk fails as planned.
    func arm(_ faults: [Int: Chaos.WriteFault]) {
        state.withLock { state in
            state.writes = 0
            state.faults = faults
        }
    }

    /// Which process it is; counts from 0.
    var life: Int { state.withLock { $0.life } }
    var isDead: Bool { state.withLock { $0.isDead } }

    func lightFuse(points: Int) {
        state.withLock { $0.fuse = points }
    }

    func startAgain() {
        state.withLock { state in
            state.life += 1
            state.isDead = false
            state.fuse = nil
        }
    }

    /// Nothing fails from now on.
    func calm() {
        state.withLock { state in
            state.fuse = nil
            state.faults = [:]
            state.failing = nil
        }
    }

    /// Before each COMMIT: the disk may fail or be slow, and the process may die before the commit or right after it.
    func beforeCommit() throws {
        try state.withLock { state in
            if state.isDead || state.burn() { throw StoreError(.io, "the process is dead") }
            state.writes += 1
            switch state.faults[state.writes] {
            case .slow(let milliseconds): state.spent += milliseconds
            case .fails(let times, let code): state.failing = (times, code)
            case nil: break
            }
            if let failing = state.failing {
                state.failing = failing.times > 1 ? (failing.times - 1, failing.code) : nil
                throw StoreError(StoreError.Code(rawValue: failing.code) ?? .io, "the disk says \(failing.code)")
            }
            _ = state.burn()
        }
    }

    /// What the process of that life does to the outside; each is a point at which it may die.
    func emit(_ effect: Effect, life: Int) {
        state.withLock { state in
            guard life == state.life, !state.burn() else { return }
            state.effects.append(effect)
        }
    }

    func takeEffects() -> [Effect] {
        state.withLock { state in
            defer { state.effects = [] }
            return state.effects
        }
    }

    /// Milliseconds that the disk took since it was last asked.
    func takeSpent() -> Int64 {
        state.withLock { state in
            defer { state.spent = 0 }
            return state.spent
        }
    }
}
