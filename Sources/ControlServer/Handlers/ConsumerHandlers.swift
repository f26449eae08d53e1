import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import SagaCore
import SagaEngine

extension ControlResponder {
    /// `GET /v1/feeds`.
    func consumers(_ request: Request) async throws -> Response {
        _ = try request.query(of: .feeds)
        let (states, unreadable) = try await engine.consumers(facts.progress)
        return .json(ConsumerList(consumers: states.map(resource), unreadable: unreadable).json)
    }

    /// `GET · PUT · DELETE /v1/feeds/{name}`.
    func consumer(_ name: String, _ request: Request) async throws -> Response {
        switch request.method {
        case .put: return try await put(consumer: name, request)
        case .delete:
            let reason = try request.query(of: .consumer)["reason"] ?? ""
            try refuseConfigured(name)
            try await engine.remove(consumer: name, reason: reason, by: Self.actor)
            return Response(status: .noContent)
        default:
            _ = try request.query(of: .consumer)
            return .json(resource(try await engine.consumer(name, facts.progress[name])).json)
        }
    }

    /// `POST /v1/feeds/{name}/ack`.
    func acknowledge(_ name: String, _ request: Request) async throws -> Response {
        _ = try request.query(of: .acknowledge)
        let body = try await request.object(of: .acknowledge, max: facts.bodyMax)
        guard let text = try body.text("cursor") else {
            throw WireProblem.badRequest("the body has no 'cursor': that of the last event that was taken")
        }
        _ = try await engine.acknowledge(try Self.cursor(text, "cursor"), for: name)
        return .json(resource(try await engine.consumer(name, facts.progress[name])).json)
    }

    /// `POST /v1/feeds/{name}/move`.
    func move(consumer name: String, _ request: Request) async throws -> Response {
        _ = try request.query(of: .moveConsumer)
        let body = try await request.object(of: .moveConsumer, max: facts.bodyMax)
        guard let start = try Self.start(body) else {
            throw WireProblem.badRequest("the body has neither 'after', the cursor of an event, nor 'from'")
        }
        let reason = try body.text("reason") ?? ""
        return .json(resource(try await engine.move(consumer: name, to: start, reason: reason, by: Self.actor)).json)
    }

    private func put(consumer name: String, _ request: Request) async throws -> Response {
        _ = try request.query(of: .consumer)
        let body = try await request.object(of: .consumer, max: facts.bodyMax)
        let kinds = Set(try body.words("kind"))
        try Query.check(kinds: kinds)
        try refuseConfigured(name)
        let filter = FeedFilter(workflows: Set(try body.words("workflow")), kinds: kinds)
        let (state, isNew) = try await engine.put(consumer: name, filter, from: try Self.start(body) ?? .now)
        var headers: HTTPFields = [:]
        if isNew { headers[.location] = ControlAPI.Route.consumer.path(name) }
        return .json(resource(state).json, status: isNew ? .created : .ok, headers: headers)
    }

    /// What the configuration names would be there again at the next reload.
    private func refuseConfigured(_ name: String) throws(WireProblem) {
        guard let webhook = facts.webhooks().first(where: { $0.consumer == name }) else { return }
        throw WireProblem(
            "configured", status: 409, title: "The configuration names it",
            detail:
                "'\(name)' is told by the daemon itself, at \(webhook.url), as the configuration says: change it there "
                + "and reload")
    }

    private func resource(_ state: ConsumerState) -> ConsumerResource {
        let consumer = state.consumer
        let webhook = facts.webhooks().first { $0.consumer == consumer.name }
        return ConsumerResource(
            name: consumer.name, cursor: consumer.cursor.description, behind: Int(state.behind),
            since: state.oldest?.rfc3339, workflows: consumer.filter.workflows.sorted(),
            kinds: consumer.filter.kinds.sorted(), madeAt: consumer.madeAt.rfc3339,
            movedAt: consumer.movedAt?.rfc3339, webhook: webhook.map(WebhookResource.init))
    }

    static func cursor(_ text: String, _ name: String) throws(WireProblem) -> FeedCursor {
        guard let cursor = FeedCursor(text) else {
            throw WireProblem.badRequest(
                "'\(name)' is '\(text.prefix(100))'; it must be the 'cursor' of an event before")
        }
        return cursor
    }

    /// `after`, or `from`; `nil` for neither.
    private static func start(_ body: MapValue) throws -> FeedStart? {
        let (after, from) = (try body.text("after"), try body.text("from"))
        if after != nil, from != nil { throw WireProblem.badRequest("'after' and 'from' exclude each other") }
        if let after { return .after(try cursor(after, "after")) }
        switch from {
        case nil: return nil
        case "now": return .now
        case "start": return .start
        case let other?: throw WireProblem.badRequest("'from' is '\(other.prefix(100))'; it must be 'now' or 'start'")
        }
    }
}

extension MapValue {
    /// A list of texts, or one text.
    /// - Throws: ``WireProblem`` 400 when the member is there and neither.
    fileprivate func words(_ name: String) throws(WireProblem) -> [String] {
        switch self[name] {
        case nil, .null: return []
        case .string(let text): return [text]
        case .list(let items):
            var words: [String] = []
            for item in items {
                guard case .string(let word) = item else { throw .badRequest("'\(name)' must be a list of strings") }
                words.append(word)
            }
            return words
        default: throw .badRequest("'\(name)' must be a list of strings")
        }
    }
}

extension WebhookResource {
    init(_ webhook: ControlFacts.Webhook) {
        self.init(
            url: webhook.url, state: webhook.state.rawValue, since: webhook.since?.rfc3339, error: webhook.error,
            taken: webhook.deliveries[.taken, default: 0],
            failed: webhook.deliveries.filter { $0.key != .taken }.values.reduce(0, +))
    }
}
