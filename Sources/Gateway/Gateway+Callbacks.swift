import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird

/// `POST /callbacks/{token}`: where participants bring answers that come later (`Saga-Callback`). The token is the right to do so.
extension Gateway {
    /// Fields that are between the caller and the gateway, or that would speak for somebody; all others `answers:` may read.
    private static let own: Set<String> = [
        "authorization", "connection", "content-length", "cookie", "expect", "forwarded", "host", "keep-alive",
        "proxy-authorization", "saga-on-behalf-of", "te", "trailer", "transfer-encoding", "upgrade",
        "x-forwarded-email", "x-forwarded-for", "x-forwarded-host", "x-forwarded-proto", "x-forwarded-user",
    ]

    @Sendable func callBack(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let token = try context.argument("token")
        let fields = request.headers.filter { !Self.own.contains($0.name.canonicalName) }.map {
            (name: $0.name.rawName, value: $0.value)
        }
        let body = try await request.bytes(max: settings().bodyMax)
        let answer = try await client.relay(
            RelayedRequest(method: "POST", target: ControlAPI.Route.answer.path(token), fields: fields, body: body),
            headWithin: Self.shortMilliseconds)
        return Self.response(answer, isHead: false)
    }
}
