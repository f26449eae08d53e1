import CEL
import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import ServiceLifecycle

/// `GET /feed`: events for a page that is open. Each says no more than that something has happened; what it is, the page says.
extension Gateway {
    /// Of an order (`booking`), of a saga (`saga`), or of all sagas.
    @Sendable func liveFeed(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let query = try request.parameters(of: context.operation)
        guard let after = Int(query["after"] ?? "0"), after >= 0 else {
            throw WireProblem.badRequest("'after' must be the number of a record")
        }
        if let number = query["booking"] {
            return try await follow(
                try await heldOrder(number, code: nil, request, context, DoorAct.see).saga, after: after)
        }
        if let id = query["saga"] {
            try context.caller.permit(.control(.history, method: "GET"))
            return try await follow(try await client.show(id), after: after)
        }
        try context.caller.permit(.seeAll)
        return Self.events(news.changes().cancelOnGracefulShutdown()) { $0 }
    }

    /// By the saga's history, as it is written.
    private func follow(_ saga: SagaResource, after: Int) async throws -> Response {
        // Nothing comes any more: a browser does not come again after this.
        if Self.isOver(saga) { return Response(status: .noContent) }
        let answer = try await client.relay(
            RelayedRequest(
                method: "GET", target: Route.history.path(saga.id) + "?follow&after=\(after)",
                fields: [(name: "Accept", value: "application/x-ndjson")]), headWithin: 10_000)
        guard answer.status == 200 else {
            throw WireProblem(
                "bad-gateway", status: 502, title: "Not understood", detail: "the daemon does not tell what happens")
        }
        // An empty line is a sign of life.
        return Self.events(answer.body.cancelOnGracefulShutdown()) { bytes in
            bytes.readableBytesView.contains(UInt8(ascii: "{"))
        }
    }

    private static func events<Source: AsyncSequence & Sendable>(
        _ source: Source, isNews: @escaping @Sendable (Source.Element) -> Bool
    ) -> Response {
        Response(
            status: .ok, headers: [.contentType: "text/event-stream", .cacheControl: "no-cache"],
            body: ResponseBody { writer in
                try await writer.write(ByteBuffer(string: ": here\n\n"))
                for try await one in source {
                    try await writer.write(
                        ByteBuffer(string: isNews(one) ? "event: change\ndata: {}\n\n" : ": alive\n\n"))
                }
                try await writer.finish(nil)
            })
    }
}
