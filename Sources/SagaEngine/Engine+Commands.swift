public import SagaCore
import Synchronization

extension Engine {
    /// Starts a saga; it is durable when this returns.
    /// - Throws: ``EngineError``.
    public func start(_ command: StartCommand, wait: Wait? = nil) async throws(EngineError) -> Reply<StartVerdict> {
        try refusePaused()
        let handled = try await ask(.start(command), wait)
        guard case .start(let verdict) = handled.verdict else { return handled.reply(.created) }
        return handled.reply(verdict)
    }

    /// Hands a signal to a saga.
    /// - Throws: ``EngineError``; a refused signal is a verdict and no error.
    public func signal(
        _ saga: SagaReference, _ signal: SignalSent, wait: Wait? = nil
    ) async throws(EngineError) -> Reply<SignalVerdict> {
        try refusePaused()
        let handled = try await ask(.tell(.reference(saga), .signalled(signal)), wait)
        guard case .answer(.signal(let verdict)) = handled.verdict else { return handled.reply(.handled) }
        return handled.reply(verdict)
    }

    /// Cancels a saga; answered as soon as the cancel is durable, long before everything is undone.
    /// - Throws: ``EngineError``; too late is a verdict and no error.
    public func cancel(
        _ saga: SagaReference, _ cancel: CancelSent, wait: Wait? = nil
    ) async throws(EngineError) -> Reply<CancelAnswer> {
        try refusePaused()
        let handled = try await ask(.tell(.reference(saga), .cancelled(cancel)), wait)
        guard case .answer(.cancel(let verdict)) = handled.verdict else { return handled.reply(.accepted) }
        return handled.reply(verdict)
    }

    /// A saga as it is, or once it has got somewhere. A wait ends early, unreached, when its task is cancelled; so do the
    /// waits of commands, which are carried out all the same.
    /// - Throws: ``EngineError``.
    public func look(_ saga: SagaReference, wait: Wait? = nil) async throws(EngineError) -> Reply<Void> {
        try await ask(.look(.reference(saga)), wait).reply(())
    }

    /// A round trip through the loop and its store: the proof of progress (rule 23).
    public func probe() async -> Proof {
        do throws(EngineError) {
            _ = try await ask(.probe, nil)
            return .missing
        } catch {
            switch error {
            case .probed: return .sound
            case .store(let code, let message): return .troubled(StoreTrouble(code: code, message: message))
            default: return .missing
            }
        }
    }

    func ask(_ ask: Order.Ask, _ wait: Wait?) async throws(EngineError) -> Handled {
        let ticket = wait.map { _ in lastTicket.add(1, ordering: .relaxed).newValue }
        let result: Result<Handled, EngineError> = await withTaskCancellationHandler {
            await withCheckedContinuation { continuation in
                let order = Order(ask: ask, wait: wait, port: { continuation.resume(returning: $0) }, ticket: ticket)
                do throws(EngineError) {
                    try inbox.push(order)
                } catch {
                    continuation.resume(returning: .failure(error))
                }
                // A task that was cancelled before the push has told the loop of a ticket that it did not know yet.
                if Task.isCancelled { abandon(ticket) }
            }
        } onCancel: {
            abandon(ticket)
        }
        return try result.get()
    }

    /// Ends a wait, not what was commanded: that is carried out once it is in the inbox.
    private func abandon(_ ticket: Int64?) {
        guard let ticket else { return }
        // Not a command: it is never turned away.
        try? inbox.push(Order(ask: .abandon(ticket: ticket)))
    }
}

extension Handled {
    func reply<V: Sendable>(_ verdict: V) -> Reply<V> {
        Reply(verdict: verdict, saga: entry.saga, workflow: entry.workflow, reached: reached)
    }
}
