public import CEL
public import ControlAPI

/// What a start gives.
public struct StartAnswer: Sendable, Hashable {
    /// After the start or, with a wait, when that ended; of an existing saga as it is now.
    public var saga: SagaResource
    /// Whether this start made the saga; `false` when the saga of the same key and input was there, `nil` when the wait ran
    /// out, as the answer does not tell then.
    public var isNew: Bool?
}

extension ControlClient {
    /// Starts a saga (`POST /v1/sagas`).
    ///
    /// - Parameters:
    ///   - version: `nil` for the one that is loaded.
    ///   - key: the business key, by which a second start with the same input finds the first one's saga.
    ///   - wait: the answer comes when the saga has got there; ``SagaResource/reached`` is `false` when time ran out.
    public func start(
        _ workflow: String, version: String? = nil, key: String? = nil, input: Value, wait: Wait? = nil
    ) async throws(ClientError) -> StartAnswer {
        var body = MapValue([("workflow", .string(workflow))])
        body["version"] = version.map { .string($0) }
        body["key"] = key.map { .string($0) }
        body["input"] = input
        var request = Request(.post, Route.sagas.path(), body: JSON.bytes(.map(body)))
        request.wait(wait)
        request.repeats = key != nil
        let begun = ContinuousClock.now
        let (status, saga, isCutShort) = try await ask(request, SagaResource.init(json:))
        let waited = await waited(saga, isCutShort: isCutShort, wait, since: begun)
        return StartAnswer(saga: waited, isNew: status == 202 ? nil : status == 201)
    }

    /// Sends a signal (`POST /v1/sagas/{id}/signals/{name}`); a refusal is a ``WireProblem`` with the state.
    ///
    /// - Parameters:
    ///   - saga: its id, or a prefix of 8 digits or more.
    ///   - data: `nil` for none.
    ///   - id: the same id gets the first answer again, for the life of the saga.
    public func signal(
        _ saga: String, _ name: String, data: Value? = nil, id: String? = nil, wait: Wait? = nil
    ) async throws(ClientError) -> CommandAnswer {
        var body = MapValue()
        body["data"] = data
        body["id"] = id.map { .string($0) }
        return try await command(Route.signal.path(saga, name), body, wait, repeats: id != nil)
    }

    /// Cancels a saga (`POST /v1/sagas/{id}/cancel`); too late is a ``WireProblem`` with the state that made it so.
    public func cancel(
        _ saga: String, reason: String? = nil, wait: Wait? = nil
    ) async throws(ClientError) -> CommandAnswer {
        var body = MapValue()
        body["reason"] = reason.map { .string($0) }
        return try await command(Route.cancel.path(saga), body, wait)
    }

    private func command(
        _ path: String, _ body: MapValue, _ wait: Wait?, repeats: Bool = false
    ) async throws(ClientError) -> CommandAnswer {
        var request = Request(.post, path, body: JSON.bytes(.map(body)))
        request.wait(wait)
        request.repeats = repeats
        let begun = ContinuousClock.now
        var (_, answer, isCutShort) = try await ask(request, CommandAnswer.init(json:))
        answer.saga = await waited(answer.saga, isCutShort: isCutShort, wait, since: begun)
        return answer
    }
}
