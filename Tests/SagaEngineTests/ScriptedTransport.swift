import CEL
import SagaCore
import SagaEngine
import Synchronization
import Testing

/// Answers calls as the test says: at once, or when it is told to.
final class ScriptedTransport: Transport {
    private struct State {
        var calls: [Call] = []
        var inFlight = 0
        var mostInFlight = 0
        var held: [String: CheckedContinuation<Outcome, Never>] = [:]
        var watchers: [(count: Int, continuation: CheckedContinuation<Void, Never>)] = []
    }

    private let state = Mutex(State())
    private let settings: Mutex<LaneSettings>
    private let script: @Sendable (Call) -> Outcome?

    static let done = Outcome.succeeded(result: Document(bytes: Array("{}".utf8)))

    /// - Parameter script: the answer to a call, or `nil` to hold it until ``end(_:_:)``.
    init(
        concurrency: Int = 1_000, breaker: BreakerSettings? = nil,
        script: @escaping @Sendable (Call) -> Outcome? = { _ in ScriptedTransport.done }
    ) {
        settings = Mutex(LaneSettings(concurrency: concurrency, breaker: breaker))
        self.script = script
    }

    /// Holds every call.
    static func holding(concurrency: Int = 1_000) -> ScriptedTransport {
        ScriptedTransport(concurrency: concurrency) { _ in nil }
    }

    func lane(of participant: String) -> LaneSettings { settings.withLock { $0 } }

    /// As a reload does.
    func change(concurrency: Int) { settings.withLock { $0.concurrency = concurrency } }

    func carry(_ call: Call) async -> Carried { Carried(await outcome(of: call)) }

    private func outcome(of call: Call) async -> Outcome {
        let outcome = script(call)
        defer { state.withLock { $0.inFlight -= 1 } }
        if let outcome {
            note(call)
            return outcome
        }
        return await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                state.withLock { $0.held[Self.name(call)] = continuation }
                note(call)
                if Task.isCancelled { end(call, .unknown(message: "cancelled")) }
            }
        } onCancel: {
            end(call, .unknown(message: "cancelled"))
        }
    }

    private func note(_ call: Call) {
        let ready = state.withLock { state in
            state.calls.append(call)
            state.inFlight += 1
            state.mostInFlight = max(state.mostInFlight, state.inFlight)
            let ready = state.watchers.filter { $0.count <= state.calls.count }
            state.watchers.removeAll { $0.count <= state.calls.count }
            return ready
        }
        for watcher in ready { watcher.continuation.resume() }
    }

    /// Ends a call that is held; without effect on another.
    func end(_ call: Call, _ outcome: Outcome = ScriptedTransport.done) {
        state.withLock { $0.held.removeValue(forKey: Self.name(call)) }?.resume(returning: outcome)
    }

    /// All calls so far, once there are so many; fewer when the test's time is over.
    func calls(atLeast count: Int) async -> [Call] {
        await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let isThere = state.withLock { state in
                    if state.calls.count >= count || Task.isCancelled { return true }
                    state.watchers.append((count, continuation))
                    return false
                }
                if isThere { continuation.resume() }
            }
        } onCancel: {
            let watchers = state.withLock { state in
                defer { state.watchers = [] }
                return state.watchers
            }
            for watcher in watchers { watcher.continuation.resume() }
        }
        let calls = calls
        if calls.count < count { Issue.record("\(calls.count) calls; \(count) never came") }
        return calls
    }

    var calls: [Call] { state.withLock { $0.calls } }
    var mostInFlight: Int { state.withLock { $0.mostInFlight } }

    private static func name(_ call: Call) -> String { "\(call.saga) \(call.token)" }
}
