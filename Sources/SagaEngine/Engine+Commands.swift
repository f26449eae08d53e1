public import SagaCore
import SagaStore
import Synchronization

extension Engine {
    /// Starts a saga; it is durable when this returns.
    /// - Throws: ``EngineError``.
    public func start(_ command: StartCommand, wait: Wait? = nil) async throws(EngineError) -> Reply<StartVerdict> {
        try refusePaused()
        return try await send(.start(command), wait)
    }

    /// Hands a signal to a saga.
    /// - Throws: ``EngineError``; a refused signal is a verdict and no error.
    public func signal(
        _ saga: SagaReference, _ signal: SignalSent, wait: Wait? = nil
    ) async throws(EngineError) -> Reply<SignalVerdict> {
        try refusePaused()
        return try await send(.signal(saga, signal), wait)
    }

    /// Cancels a saga; answered as soon as the cancel is durable, long before everything is undone.
    /// - Throws: ``EngineError``; too late is a verdict and no error.
    public func cancel(
        _ saga: SagaReference, _ cancel: CancelSent, wait: Wait? = nil
    ) async throws(EngineError) -> Reply<CancelAnswer> {
        try refusePaused()
        return try await send(.cancel(saga, cancel), wait)
    }

    /// A saga as of the last commit, or once it has got somewhere. Without a wait it is read beside the loop: a crowd of readers does not
    /// keep it from its commits, nor a writer that stands the readers from their answers. A wait ends early, unreached, when its task is
    /// cancelled; so do the waits of commands, which are carried out all the same.
    /// - Throws: ``EngineError``.
    /// - Parameter caller: the user whose share of the inbox a wait takes.
    public func look(_ saga: SagaReference, wait: Wait? = nil, by caller: UInt32? = nil) async throws(EngineError)
        -> Reply<Void>
    {
        if let wait { return try await send(.look(saga), wait, by: caller) }
        let found: Entry = try await read { [self] reading throws in try entry(named: saga, reading) }
        return Reply(verdict: (), saga: found.saga, workflow: found.workflow, reached: true)
    }

    /// Gives an order to the loop; the reply comes after its commit, and after its wait.
    func send<Reply: Sendable>(
        _ order: Order<Reply>, _ wait: Wait? = nil, by looker: UInt32? = nil
    ) async throws(EngineError) -> Reply {
        let ticket = wait.map { _ in lastTicket.add(1, ordering: .relaxed).newValue }
        let result: Result<Done, EngineError> = await withTaskCancellationHandler {
            await replied { told in
                push(.order(Posted(ask: order.ask, wait: wait, port: told, ticket: ticket, looker: looker)), told)
                // A task that was cancelled before the push has told the loop of a ticket that it did not know yet.
                if Task.isCancelled { abandon(ticket) }
            }
        } onCancel: {
            abandon(ticket)
        }
        guard let reply = order.read(try result.get()) else {
            throw .store(code: StoreError.Code.failed.rawValue, message: "the loop replied to something else")
        }
        return reply
    }

    /// Gives a chore to the loop.
    func send<Reply: Sendable>(_ chore: (@escaping Port<Reply>) -> Chore) async throws(EngineError) -> Reply {
        try await replied { push(.chore(chore($0)), $0) }.get()
    }

    private func push<Reply: Sendable>(_ item: Inbox.Item, _ port: Port<Reply>) {
        do throws(EngineError) {
            try inbox.push(item)
        } catch {
            port(.failure(error))
        }
    }

    /// Ends a wait, not what was commanded: that is carried out once it is in the inbox.
    private func abandon(_ ticket: Int64?) {
        guard let ticket else { return }
        // Not a command: it is never turned away.
        try? inbox.push(.abandon(ticket: ticket))
    }
}
