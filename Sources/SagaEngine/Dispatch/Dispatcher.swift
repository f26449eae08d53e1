import SagaCore
import Synchronization

/// Sends calls, at most so many to a participant at once; the others wait in order. What waits here is bounded by the live
/// sagas, as each has one call at most, and its row survives a crash.
final class Dispatcher: Sendable {
    private struct Lane {
        var inFlight = 0
        var queue: ArraySlice<Call> = []
    }

    private struct State {
        var lanes: [String: Lane] = [:]
        var isHeld = false
    }

    private let state = Mutex(State())
    private let transport: any Transport
    private let ready: AsyncStream<Call>
    private let readiness: AsyncStream<Call>.Continuation

    init(transport: any Transport) {
        self.transport = transport
        (ready, readiness) = AsyncStream.makeStream()
    }

    /// Where ``run(ended:)`` wants to run.
    var executor: (any TaskExecutor)? { transport.executor }

    /// Queues calls; returns at once.
    func send(_ calls: [Call]) {
        for call in calls {
            let name = call.operation.participant
            let concurrency = max(1, transport.concurrency(of: name))
            let goes = state.withLock { state in
                var lane = state.lanes[name] ?? Lane()
                defer { state.lanes[name] = lane }
                guard !state.isHeld, lane.inFlight < concurrency else {
                    lane.queue.append(call)
                    return false
                }
                lane.inFlight += 1
                return true
            }
            if goes { readiness.yield(call) }
        }
    }

    /// Keeps all calls waiting that have not left, or lets them go, in their order. Those in flight come back either way.
    func hold(_ isHeld: Bool) {
        let freed = state.withLock { state in
            state.isHeld = isHeld
            guard !isHeld else { return [Call]() }
            var freed: [Call] = []
            for name in state.lanes.keys.sorted() {
                var lane = state.lanes[name] ?? Lane()
                let free = max(0, max(1, transport.concurrency(of: name)) - lane.inFlight)
                let calls = lane.queue.prefix(free)
                lane.queue.removeFirst(calls.count)
                lane.inFlight += calls.count
                state.lanes[name] = lane
                freed += calls
            }
            return freed
        }
        for call in freed { readiness.yield(call) }
    }

    /// Carries calls until it is cancelled or ``stop()`` was called; then those in flight are cancelled, and what becomes of
    /// them is for the next process to settle.
    func run(ended: @escaping @Sendable (Call, Outcome) -> Void) async {
        await withDiscardingTaskGroup { group in
            for await call in ready {
                group.addTask { await self.carry(call, ended: ended) }
            }
            group.cancelAll()
        }
    }

    func stop() {
        readiness.finish()
    }

    /// How many calls each participant has in flight and waiting.
    var counts: [String: EngineStatus.CallCounts] {
        state.withLock { $0.lanes.mapValues { .init(inFlight: $0.inFlight, queued: $0.queue.count) } }
    }

    /// One call, and then those that waited for its place.
    private func carry(_ first: Call, ended: @Sendable (Call, Outcome) -> Void) async {
        var next: Call? = first
        while let call = next {
            let outcome = await transport.carry(call)
            if Task.isCancelled { return }
            ended(call, outcome)
            next = state.withLock { state in
                let name = call.operation.participant
                guard !state.isHeld, let waiting = state.lanes[name]?.queue.popFirst() else {
                    state.lanes[name]?.inFlight -= 1
                    return nil
                }
                return waiting
            }
        }
    }
}
