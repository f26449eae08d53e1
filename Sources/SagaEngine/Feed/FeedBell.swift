import Synchronization

/// Wakes those that wait for commits. The writer counts, and at most wakes one task, which wakes all others: it does not matter to it how many
/// there are.
final class FeedBell: Sendable {
    private struct State {
        var waiting: [Int: CheckedContinuation<Void, Never>] = [:]
        var lastNumber = 0
        /// Their task was cancelled before they waited.
        var cancelled: Set<Int> = []
        var isOver = false
    }

    private let commits = Atomic<Int>(0)
    private let isWaitedFor = Atomic<Bool>(false)
    private let state = Mutex(State())
    private let (rings, ringing) = AsyncStream.makeStream(of: Void.self, bufferingPolicy: .bufferingNewest(1))

    /// How often it rang.
    var rung: Int { commits.load(ordering: .sequentiallyConsistent) }

    /// There was a commit. Never blocks.
    func ring() {
        commits.add(1, ordering: .sequentiallyConsistent)
        if isWaitedFor.exchange(false, ordering: .sequentiallyConsistent) { ringing.yield() }
    }

    /// Carries the wake-ups on, until ``finish()``.
    func run() async {
        for await _ in rings { wakeAll() }
    }

    /// Nobody waits any more.
    func end() {
        state.withLock { $0.isOver = true }
        wakeAll()
    }

    /// The same, and ``run()`` ends.
    func finish() {
        end()
        ringing.finish()
    }

    /// Comes back when it has rung since it had rung so often.
    /// - Returns: whether it rings on.
    func wait(since rung: Int) async -> Bool {
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                if !waits(continuation, number, since: rung) { continuation.resume() }
            }
        } onCancel: {
            let waiting = state.withLock { state in
                let waiting = state.waiting.removeValue(forKey: number)
                if waiting == nil { state.cancelled.insert(number) }
                return waiting
            }
            waiting?.resume()
        }
        return state.withLock { state in
            state.cancelled.remove(number)
            return !state.isOver
        } && !Task.isCancelled
    }

    private func waits(_ continuation: CheckedContinuation<Void, Never>, _ number: Int, since rung: Int) -> Bool {
        state.withLock { state in
            guard !state.isOver, !state.cancelled.contains(number) else { return false }
            // In this order: the writer counts first, and then looks whether somebody waits.
            isWaitedFor.store(true, ordering: .sequentiallyConsistent)
            guard commits.load(ordering: .sequentiallyConsistent) == rung else { return false }
            state.waiting[number] = continuation
            return true
        }
    }

    private func wakeAll() {
        let waiting = state.withLock { state in
            defer { state.waiting = [:] }
            return state.waiting
        }
        for continuation in waiting.values { continuation.resume() }
    }
}
