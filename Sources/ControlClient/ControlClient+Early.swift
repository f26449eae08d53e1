public import CEL
public import ControlAPI

extension ControlClient {
    /// Sends a signal to the saga of a key, or has it kept for that saga.
    ///
    /// - Parameters:
    ///   - duration: for how long it is kept, such as `10m`; `nil` for the daemon's default.
    public func signal(
        workflow: String, key: String, _ name: String, data: Value? = nil, id: String? = nil,
        for duration: String? = nil
    ) async throws(ClientError) -> KeyedAnswer {
        var body = MapValue()
        body["data"] = data
        body["id"] = id.map { .string($0) }
        body["for"] = duration.map { .string($0) }
        var request = Request(.post, Route.keyedSignal.path(workflow, key, name), body: JSON.bytes(.map(body)))
        request.repeats = id != nil
        return try await ask(request, KeyedAnswer.init(json:)).resource
    }

    /// Lets a daemon that was started paused go on (`POST /v1/resume`).
    public func resumeAll(reason: String) async throws(ClientError) -> ResumeAnswer {
        let body = JSON.bytes(.map(MapValue([("reason", .string(reason))])))
        return try await ask(Request(.post, Route.resumeAll.path(), body: body), ResumeAnswer.init(json:)).resource
    }

    /// Renews the store's keys (`POST /v1/rekey`).
    /// - Parameter wrapOnly: the master key alone.
    public func rekey(reason: String, wrapOnly: Bool = false) async throws(ClientError) -> RekeyAnswer {
        var body = MapValue([("reason", .string(reason))])
        if wrapOnly { body["wrapOnly"] = .bool(true) }
        return try await ask(
            Request(.post, Route.rekey.path(), body: JSON.bytes(.map(body))), RekeyAnswer.init(json:)
        ).resource
    }
}
