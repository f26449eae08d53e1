import SagaCore
import Synchronization

/// Sends calls, at most so many to a participant at once; the others wait in order. What waits here is bounded by the live
/// sagas, as each has one call at most, and its row survives a crash.
final class Dispatcher: Sendable {
    private struct State {
        var lanes: [String: Lane<Call>] = [:]
        var isHeld = false
    }

    private let state = Mutex(State())
    private let transport: any Transport
    private let ready: AsyncStream<Wake>
    private let readiness: AsyncStream<Wake>.Continuation

    /// What the dispatcher is woken for.
    private enum Wake {
        case call(Call)
        /// Somebody wants to know that wakes are taken up.
        case turn(@Sendable () -> Void)
    }

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
            change { state in
                let limit = transport.concurrency(of: name)
                // In two steps, so that the lane is nowhere else while it changes and its queue is not copied.
                let raised = state.lanes[name, default: Lane(limit: limit, isHeld: state.isHeld)].limitChanged(
                    to: limit)
                return raised + (state.lanes[name]?.callCame(call) ?? [])
            }
        }
    }

    /// Keeps all calls waiting that have not left, or lets them go, in their order. Those in flight come back either way.
    func hold(_ isHeld: Bool) {
        change { state in
            state.isHeld = isHeld
            return state.lanes.keys.sorted().flatMap { state.lanes[$0]?.hold(isHeld) ?? [] }
        }
    }

    /// Looks again how many calls may be in flight: those that wait leave at once where more may.
    func limitsChanged() {
        for name in state.withLock({ $0.lanes.keys.sorted() }) {
            change { $0.lanes[name]?.limitChanged(to: transport.concurrency(of: name)) ?? [] }
        }
    }

    /// What leaves is handed on under the lock: the order of leaving is that of the lanes. The transport's limit is asked for under
    /// it too, so that none is taken over after a newer one.
    private func change(_ change: (inout State) -> [Call]) {
        state.withLock { state in
            for call in change(&state) { readiness.yield(.call(call)) }
        }
    }

    /// Carries calls until it is cancelled or ``stop()`` was called; then those in flight are cancelled, and what becomes of
    /// them is for the next process to settle.
    func run(ended: @escaping @Sendable (Call, Outcome) -> Void) async {
        await withDiscardingTaskGroup { group in
            for await wake in ready {
                switch wake {
                case .call(let call): group.addTask { await self.carry(call, ended: ended) }
                case .turn(let taken): taken()
                }
            }
            group.cancelAll()
        }
    }

    /// Comes back when everything that had woken the dispatcher before has been taken up; `false` when nothing is any more, or the
    /// waiting task is cancelled.
    func turn() async -> Bool {
        let turn = Turn()
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                turn.wait(continuation)
                if case .terminated = readiness.yield(.turn({ turn.end(taken: true) })) { turn.end(taken: false) }
            }
        } onCancel: {
            turn.end(taken: false)
        }
    }

    func stop() {
        readiness.finish()
    }

    /// How many calls each participant has in flight and waiting.
    var counts: [String: EngineStatus.CallCounts] {
        state.withLock { $0.lanes.mapValues { .init(inFlight: $0.inFlight, queued: $0.queued) } }
    }

    /// One call, and then what waited for its place; when more may leave than that, they are carried beside it.
    private func carry(_ first: Call, ended: @Sendable (Call, Outcome) -> Void) async {
        var next: Call? = first
        while let call = next {
            let outcome = await transport.carry(call)
            if Task.isCancelled { return }
            ended(call, outcome)
            let name = call.operation.participant
            next = state.withLock { state in
                let limit = transport.concurrency(of: name)
                // The limit first: a place that there is no more is not given away.
                var leaving = state.lanes[name]?.limitChanged(to: limit) ?? []
                leaving += state.lanes[name]?.callEnded() ?? []
                for call in leaving.dropFirst() { readiness.yield(.call(call)) }
                return leaving.first
            }
        }
    }
}
