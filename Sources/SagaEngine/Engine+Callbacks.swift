public import SagaCore
import SagaStore

/// A call that a token names: who has the token may answer it.
public struct NamedCall: Sendable, Hashable {
    public var saga: SagaID
    public var name: CallName

    /// A call, whether it was made or not.
    public init(saga: SagaID, name: CallName) {
        self.saga = saga
        self.name = name
    }
}

extension Engine {
    /// The token that a participant gets with a call, to bring its answer by.
    public func token(of call: NamedCall) -> String { store.callTokens.token(of: call.saga, call.name) }

    /// - Throws: ``EngineError/noCall`` for a token that this store has not made.
    public func call(by token: String) throws(EngineError) -> NamedCall {
        guard let found = store.callTokens.call(in: token) else { throw .noCall }
        return NamedCall(saga: found.saga, name: found.name)
    }

    /// The call as it was sent, for whoever reads its answer; read beside the loop.
    /// - Throws: ``EngineError``.
    public func sent(_ call: NamedCall) async throws(EngineError) -> Call {
        let reply: Reply<Void>
        do throws(EngineError) {
            reply = try await look(SagaReference(call.saga))
        } catch .notFound {
            throw .noCall
        }
        guard let sent = reply.saga.call(call.name, in: reply.workflow) else { throw .noCall }
        return sent
    }

    /// Takes an answer that a participant has brought; it is durable when this returns.
    /// - Parameter until: until when the answer is waited for, where it is `pending`.
    /// - Throws: ``EngineError``; one that contradicts is a verdict and no error.
    public func callBack(
        _ call: NamedCall, _ outcome: Outcome, until: Instant? = nil, by actor: Actor? = nil
    ) async throws(EngineError) -> Reply<CallbackVerdict> {
        try refusePaused()
        do throws(EngineError) {
            return try await send(
                .callBack(call.saga, CallbackSent(call: call.name, outcome: outcome, until: until, by: actor)))
        } catch .notFound, .rejected(.notNow) {
            throw .noCall
        }
    }
}
