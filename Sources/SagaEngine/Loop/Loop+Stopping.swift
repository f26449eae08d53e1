import SagaCore

extension Loop {
    /// At the end, when all that was accepted is done: what has not left by then is known to have done nothing, also by the next process,
    /// which need not ask anybody about it. Nothing is due any more, so none of it is armed anew.
    /// - Returns: whether there was anything.
    func keepUnsent(_ now: Instant) -> Bool {
        let unsent = agenda.takeKept() + outlets.giveBack()
        guard !unsent.isEmpty, !health.isHolding(at: now.milliseconds) else { return false }
        let orders = unsent.map { call in
            let ended = AttemptEnded(
                token: call.token, of: StepDirection(step: call.step, direction: call.direction),
                outcome: .held(message: "the daemon was stopped before it was sent", retryAfter: 0))
            return Posted(ask: .tell(.number(call.saga.number), .attemptEnded(ended)))
        }
        for first in stride(from: 0, to: orders.count, by: limits.batchMax) {
            commit(Array(orders[first..<min(first + limits.batchMax, orders.count)]), now)
        }
        return true
    }
}
