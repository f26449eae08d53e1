import SagaCore
import SagaStore

extension Writer {
    /// The saga without its call, where that has not left: what never left did nothing, so that a way out need not wait for a participant
    /// that is away, nor fence anything off. `nil` where there is no such call.
    func withdrawn(from entry: Entry, _ now: Instant) throws(Rejection) -> Entry? {
        guard entry.saga.exit == nil, let step = entry.saga.currentStep, step.effect == StepRun.Effect.none,
            let attempt = entry.saga.openCalls.attempt(of: step.number), attempt.direction == .forward,
            withdraw(entry.row.id.number, attempt.token)
        else { return nil }
        let ended = AttemptEnded(
            token: attempt.token, of: StepDirection(step: attempt.step, direction: .forward),
            outcome: .held(message: "it had not left when the saga did", retryAfter: 0))
        withdrawn.append((entry.row.id.number, ended))
        let decision = try decide(entry.saga, .attemptEnded(ended), entry.workflow, now)
        if decision.records.isEmpty { return nil }
        do throws(EngineError) {
            return try save(decision, over: entry, now)
        } catch {
            // It comes back by itself, and the saga waits for that.
            return nil
        }
    }

    /// The ends of calls that were taken out for a batch of which that was not kept.
    func takeWithdrawn() -> [Posted] {
        defer { withdrawn = [] }
        return withdrawn.map { Posted(ask: .tell(.number($0.saga), .attemptEnded($0.ended))) }
    }
}
