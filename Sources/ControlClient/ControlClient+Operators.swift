public import CEL
public import ControlAPI

/// What an operator does to one saga.
public struct OperatorWish: Sendable, Hashable {
    /// Its route, from ``ControlAPI/Route/retry`` to ``ControlAPI/Route/terminate``.
    public var act: Route
    /// By its number, state or call; `nil` where the act wants none.
    public var step: String?
    /// `succeeded` or `refused`, of what is settled.
    public var settlement: String?
    /// Of what succeeded; `nil` for none.
    public var result: Value?

    public init(_ act: Route, step: String? = nil, as settlement: String? = nil, result: Value? = nil) {
        self.act = act
        self.step = step
        self.settlement = settlement
        self.result = result
    }
}

extension ControlClient {
    /// Does it (`POST /v1/sagas/{id}/retry` and its siblings); what the saga cannot take now is a ``WireProblem`` with its state.
    /// - Parameter dryRun: says what would happen, and does nothing.
    public func operate(
        _ saga: String, _ wish: OperatorWish, reason: String, dryRun: Bool = false, wait: Wait? = nil
    ) async throws(ClientError) -> OperateAnswer {
        var body = MapValue([("reason", .string(reason))])
        body["step"] = wish.step.map { .string($0) }
        body["as"] = wish.settlement.map { .string($0) }
        body["result"] = wish.result
        if dryRun { body["dryRun"] = .bool(true) }
        var request = Request(.post, wish.act.path(saga), body: JSON.bytes(.map(body)))
        request.wait(wait)
        let begun = ContinuousClock.now
        var (_, answer, isCutShort) = try await ask(request, OperateAnswer.init(json:))
        answer.saga = await waited(answer.saga, isCutShort: isCutShort, wait, since: begun)
        return answer
    }

    /// A page of the ledger of outstanding effects (`GET /v1/effects`).
    /// - Parameters:
    ///   - status: of the sagas.
    ///   - outcome: `succeeded`, `unknown`, `in flight` or `undoing`.
    public func effects(
        participant: String? = nil, status: String? = nil, outcome: String? = nil, limit: Int? = nil,
        after: String? = nil
    ) async throws(ClientError) -> EffectList {
        var request = Request(.get, Route.effects.path())
        request.query("participant", participant)
        request.query("status", status)
        request.query("outcome", outcome)
        request.query("limit", limit.map(String.init))
        request.query("after", after)
        return try await ask(request, EffectList.init(json:)).resource
    }
}

extension ControlClient {
    /// Has workflows and configuration loaded again (`POST /v1/reload`); what is wrong with them is a ``WireProblem`` with `diagnostics`.
    public func reload() async throws(ClientError) -> ReloadAnswer {
        var request = Request(.post, Route.reload.path())
        // Reading and walking through many workflows takes its time.
        request.waits = 60_000
        request.repeats = true
        return try await ask(request, ReloadAnswer.init(json:)).resource
    }
}
