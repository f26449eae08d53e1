import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import Identity
import NIOCore
import ServiceLifecycle

/// `/api/v1/…` and `/metrics`: the control API as it is, for those whose role allows it.
extension Gateway {
    private static let prefix = "/api"
    /// Fields of a request that are the daemon's to read; all others are between the caller and the gateway.
    private static let asked: [String] = ["Accept", "Content-Type", "Idempotency-Key", "Last-Event-ID", "traceparent"]
    /// Fields of an answer that are the caller's to read.
    private static let answered: Set<String> = [
        "content-type", "location", "link", "retry-after", "allow", "cache-control", "x-accel-buffering",
    ]
    /// What waits on purpose, or is long, as a backup is.
    private static let longMilliseconds: Int64 = 3_600_000
    static let shortMilliseconds: Int64 = 10_000

    @Sendable func relay(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let path = String(request.uri.path.trimmingPrefix(Self.prefix))
        let method = request.method.rawValue
        let segments = try path.split(separator: "/").map { try PercentDecoding.text($0, in: "path") }
        let isBehind = request.uri.path.hasPrefix(Self.prefix + "/")
        guard let (route, arguments) = isBehind ? Self.relayedRoute(segments) : (.metrics, []) else {
            throw WireProblem(
                "no-such-route", status: 404, title: "No such route",
                detail: "the control API has nothing at '\(path.prefix(200))'")
        }
        guard route.methods.contains(method) else {
            throw WireProblem.wrongMethod(method, Self.prefix + route.rawValue, allowed: route.methods)
        }
        try context.caller.permit(.control(route, method: method))
        var fields: [(name: String, value: String)] = []
        for name in Self.asked {
            guard let field = HTTPField.Name(name) else { continue }
            for value in request.headers[values: field] { fields.append((name: name, value: value)) }
        }
        let body = [.post, .put].contains(request.method) ? try await request.bytes(max: settings().bodyMax) : nil
        // Written anew, so that the daemon reads the very route that was allowed.
        let target = route.path(arguments) + (try Self.query(request))
        let isLong = request.method == .post || request.uri.query?.contains("wait=") == true
        let answer = try await client.speaking(for: context.caller.front()).relay(
            RelayedRequest(method: method, target: target, fields: fields, body: body),
            headWithin: isLong ? Self.longMilliseconds : Self.shortMilliseconds)
        return Self.response(answer, isHead: request.method == .head)
    }

    private static func query(_ request: Request) throws -> String {
        let parts = try (request.uri.query ?? "").split(separator: "&").map { part in
            try part.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
                .map { ControlAPI.Route.encoded(try PercentDecoding.text($0, in: "query")) }.joined(separator: "=")
        }
        return parts.isEmpty ? "" : "?" + parts.joined(separator: "&")
    }

    static func response(_ answer: RelayedAnswer, isHead: Bool) -> Response {
        var headers: HTTPFields = [:]
        for (name, value) in answer.fields where answered.contains(name.lowercased()) {
            guard let field = HTTPField.Name(name) else { continue }
            // Where the daemon names one of its own paths, it is behind the prefix here.
            let value = value.replacing("</v1/", with: "<\(prefix)/v1/")
            headers.append(HTTPField(name: field, value: value.hasPrefix("/v1/") ? prefix + value : value))
        }
        let kind = headers[.contentType] ?? ""
        let isStream = kind.hasPrefix("application/x-ndjson") || kind.hasPrefix("text/event-stream")
        let status = HTTPResponse.Status(code: (200...599).contains(answer.status) ? answer.status : 502)
        if isHead { return Response(status: status, headers: headers) }
        return Response(
            status: status, headers: headers,
            body: ResponseBody { writer in
                if isStream {
                    // It has no end of its own, and who follows goes on at the next process.
                    for try await bytes in answer.body.cancelOnGracefulShutdown() { try await writer.write(bytes) }
                } else {
                    for try await bytes in answer.body { try await writer.write(bytes) }
                }
                try await writer.finish(nil)
            })
    }
}
