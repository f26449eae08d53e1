import CEL
public import ControlAPI

/// Where a consumer begins, or is moved to.
public enum ConsumerPlace: Sendable, Hashable {
    /// With what happens from now on.
    case now
    /// With the oldest that is kept.
    case start
    /// Behind the event with that cursor.
    case after(String)

    fileprivate var member: (String, Value) {
        switch self {
        case .now: ("from", .string("now"))
        case .start: ("from", .string("start"))
        case .after(let cursor): ("after", .string(cursor))
        }
    }
}

extension ControlClient {
    /// Those who are told under a name (`GET /v1/feeds`).
    public func consumers() async throws(ClientError) -> ConsumerList {
        try await ask(Request(.get, Route.feeds.path()), ConsumerList.init(json:)).resource
    }

    /// One of them (`GET /v1/feeds/{name}`).
    public func consumer(_ name: String) async throws(ClientError) -> ConsumerResource {
        try await ask(Request(.get, Route.consumer.path(name)), ConsumerResource.init(json:)).resource
    }

    /// Makes one, or gives it another filter (`PUT /v1/feeds/{name}`).
    /// - Parameter place: counts only when it is made.
    /// - Returns: it, and whether it is new.
    public func putConsumer(
        _ name: String, workflows: [String] = [], kinds: [String] = [], from place: ConsumerPlace = .now
    ) async throws(ClientError) -> (consumer: ConsumerResource, isNew: Bool) {
        var body = MapValue([place.member])
        if !workflows.isEmpty { body["workflow"] = .list(workflows.map { .string($0) }) }
        if !kinds.isEmpty { body["kind"] = .list(kinds.map { .string($0) }) }
        let request = Request(.put, Route.consumer.path(name), body: JSON.bytes(.map(body)))
        let answer = try await ask(request, ConsumerResource.init(json:))
        return (answer.resource, answer.status == 201)
    }

    /// Says how far a consumer has taken what it was told (`POST /v1/feeds/{name}/ack`): forward only.
    public func acknowledge(_ cursor: String, for name: String) async throws(ClientError) -> ConsumerResource {
        var request = Request(
            .post, Route.acknowledge.path(name), body: JSON.bytes(.map(MapValue([("cursor", .string(cursor))]))))
        request.repeats = true
        return try await ask(request, ConsumerResource.init(json:)).resource
    }

    /// Moves a consumer back or forth (`POST /v1/feeds/{name}/move`).
    public func moveConsumer(
        _ name: String, to place: ConsumerPlace, reason: String
    ) async throws(ClientError) -> ConsumerResource {
        let body = MapValue([place.member, ("reason", .string(reason))])
        let request = Request(.post, Route.moveConsumer.path(name), body: JSON.bytes(.map(body)))
        return try await ask(request, ConsumerResource.init(json:)).resource
    }

    /// Forgets a consumer (`DELETE /v1/feeds/{name}`).
    public func removeConsumer(_ name: String, reason: String) async throws(ClientError) {
        var request = Request(.delete, Route.consumer.path(name))
        request.query("reason", reason)
        let answer = try await exchange.send(request)
        guard (200..<300).contains(answer.status) else { throw ClientError.refusal(answer) }
    }
}
