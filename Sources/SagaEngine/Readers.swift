import Dispatch
import Foundation
import Synchronization

/// A few threads that read the store, made when they are needed.
final class Readers: Sendable {
    /// As many as the store has connections to read by.
    static let threadsMax = 4
    /// Reads that may wait for a thread: more come from somebody who does not wait for answers.
    static let waitingMax = 1_024
    /// What is urgent finds so much more room.
    static let urgentMax = 64

    private struct State {
        var waiting: ArraySlice<@Sendable () -> Void> = []
        var urgent: ArraySlice<@Sendable () -> Void> = []
        var threads = 0
        var busy = 0
    }

    private let state = Mutex(State())
    private let filled = DispatchSemaphore(value: 0)

    /// The threads find nobody and end.
    deinit { for _ in 0..<state.withLock(\.threads) { filled.signal() } }

    /// Does the work soon; before all that waits, when it is urgent.
    /// - Returns: `false` when too much waits already.
    func run(isUrgent: Bool = false, _ work: @escaping @Sendable () -> Void) -> Bool {
        let starts: Bool? = state.withLock { state in
            if isUrgent {
                guard state.urgent.count < Self.urgentMax else { return nil }
                state.urgent.append(work)
            } else {
                guard state.waiting.count < Self.waitingMax else { return nil }
                state.waiting.append(work)
            }
            let count = state.busy + state.waiting.count + state.urgent.count
            guard state.threads < Self.threadsMax, count > state.threads else {
                return false
            }
            state.threads += 1
            return true
        }
        guard let starts else { return false }
        if starts { start() }
        filled.signal()
        return true
    }

    private func start() {
        let thread = Thread { [filled, weak self] in
            while true {
                filled.wait()
                guard self?.work() == true else { return }
            }
        }
        thread.name = "store-reader"
        // Sagas are folded, and expressions recurse.
        thread.stackSize = 8 << 20
        thread.start()
    }

    /// Does what waits longest.
    /// - Returns: `false` when nothing waits: this is over.
    private func work() -> Bool {
        guard let work = take() else { return false }
        work()
        state.withLock { $0.busy -= 1 }
        return true
    }

    private func take() -> (@Sendable () -> Void)? {
        state.withLock { state in
            guard let work = state.urgent.popFirst() ?? state.waiting.popFirst() else { return nil }
            state.busy += 1
            return work
        }
    }
}
