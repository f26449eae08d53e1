public import CEL
public import ControlAPI

/// What an operator does to one saga.
public enum OperatorWish: Sendable, Hashable {
    /// - Parameter step: what may be sent twice, by its number, state or call; `nil` for what is at hand.
    case retry(step: String? = nil)
    /// - Parameters:
    ///   - step: its number, state or call.
    ///   - as: `succeeded` or `refused`.
    ///   - result: of what succeeded; `nil` for none.
    case settle(step: String, as: String, result: Value?)
    case skip(step: String)
    case pause
    case resume
    case terminate
}

extension ControlClient {
    /// Does it (`POST /v1/sagas/{id}/retry` and its siblings); what the saga cannot take now is a ``Problem`` with its state.
    /// - Parameter dryRun: says what would happen, and does nothing.
    public func operate(
        _ saga: String, _ wish: OperatorWish, reason: String, dryRun: Bool = false, wait: Wait? = nil
    ) async throws(ClientError) -> OperateAnswer {
        var body = MapValue([("reason", .string(reason))])
        switch wish {
        case .settle(let step, let settlement, let result):
            body["step"] = .string(step)
            body["as"] = .string(settlement)
            body["result"] = result
        case .skip(let step): body["step"] = .string(step)
        case .retry(let step): body["step"] = step.map { .string($0) }
        case .pause, .resume, .terminate: break
        }
        if dryRun { body["dryRun"] = .bool(true) }
        var request = Request(.post, wish.route.path(saga), body: JSON.bytes(.map(body)))
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
    /// Has workflows and configuration loaded again (`POST /v1/reload`); what is wrong with them is a ``Problem`` with `diagnostics`.
    public func reload() async throws(ClientError) -> ReloadAnswer {
        var request = Request(.post, Route.reload.path())
        // Reading and walking through many workflows takes its time.
        request.waits = 60_000
        request.repeats = true
        return try await ask(request, ReloadAnswer.init(json:)).resource
    }
}

extension OperatorWish {
    fileprivate var route: Route {
        switch self {
        case .retry: .retry
        case .settle: .settle
        case .skip: .skip
        case .pause: .pause
        case .resume: .resume
        case .terminate: .terminate
        }
    }
}
