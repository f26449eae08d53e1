import CEL
import SagaCore
import SagaEngine
import Synchronization

/// The participants, at the protocol seam: each call succeeds at once unless the test has said otherwise.
final class Participants: Transport {
    private struct State {
        var scripts: [String: [Outcome]] = [:]
        var held: Set<String> = []
        var waiting: [String: [Int: CheckedContinuation<Outcome, Never>]] = [:]
        var calls: [Call] = []
        var lastNumber = 0
        var watchers: [(operation: String, count: Int, tell: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())

    /// What the next calls of an operation get, in order; then they succeed again.
    func script(_ operation: String, _ outcomes: Outcome...) {
        state.withLock { $0.scripts[operation, default: []] += outcomes }
    }

    /// Calls of the operation stay in flight until ``release(_:_:)``.
    func hold(_ operation: String) {
        state.withLock { _ = $0.held.insert(operation) }
    }

    /// Ends all calls of the operation that are in flight, and holds no more of them.
    func release(_ operation: String, _ outcome: Outcome = .result("{}")) {
        let waiting = state.withLock { state in
            state.held.remove(operation)
            defer { state.waiting[operation] = nil }
            return state.waiting[operation] ?? [:]
        }
        for continuation in waiting.values { continuation.resume(returning: outcome) }
    }

    /// Returns once the operation was called so often.
    func called(_ operation: String, times count: Int = 1) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                let calls = state.calls.count { $0.operation.description == operation }
                if calls < count { state.watchers.append((operation, count, continuation)) }
                return calls >= count
            }
            if isThere { continuation.resume() }
        }
    }

    var calls: [Call] { state.withLock { $0.calls } }

    func lane(of participant: String) -> LaneSettings { LaneSettings(concurrency: 1_000) }

    func carry(_ call: Call) async -> Carried { Carried(await outcome(of: call)) }

    private func outcome(of call: Call) async -> Outcome {
        let operation = call.operation.description
        let number = state.withLock { state in
            state.lastNumber += 1
            return state.lastNumber
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let (now, told) = state.withLock { state in
                    state.calls.append(call)
                    let now = Self.outcome(of: operation, &state)
                    if now == nil { state.waiting[operation, default: [:]][number] = continuation }
                    let count = state.calls.count { $0.operation.description == operation }
                    let told = state.watchers.filter { $0.operation == operation && $0.count <= count }
                    state.watchers.removeAll { $0.operation == operation && $0.count <= count }
                    return (now, told.map(\.tell))
                }
                for watcher in told { watcher.resume() }
                if let now { continuation.resume(returning: now) }
            }
        } onCancel: {
            let waiting = state.withLock { $0.waiting[operation]?.removeValue(forKey: number) }
            waiting?.resume(returning: .unknown(message: "the test is over"))
        }
    }

    private static func outcome(of operation: String, _ state: inout State) -> Outcome? {
        if state.held.contains(operation) { return nil }
        guard let next = state.scripts[operation]?.first else {
            return .succeeded(result: Document(bytes: Array("{}".utf8)))
        }
        state.scripts[operation]?.removeFirst()
        return next
    }
}

extension Outcome {
    /// Succeeded with a result.
    static func result(_ json: String) -> Outcome { .succeeded(result: Document(bytes: Array(json.utf8))) }
}
