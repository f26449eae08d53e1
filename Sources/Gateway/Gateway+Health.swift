import CEL
import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import NIOCore

extension Gateway {
    /// `GET /actuator/health`: `UP` while the daemon makes progress, else 503 with the reason.
    @Sendable func health(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let reason: String?
        do throws(ClientError) {
            let health = try await client.health()
            reason = health.healthy ? nil : health.detail
        } catch {
            reason = WireProblem(error).detail
        }
        var daemon = MapValue([("status", .string(reason == nil ? "UP" : "DOWN"))])
        if let reason { daemon["details"] = .map(MapValue([("reason", .string(reason))])) }
        let body = Value.map(
            MapValue([
                ("status", .string(reason == nil ? "UP" : "DOWN")),
                ("components", .map(MapValue([("daemon", .map(daemon))]))),
            ]))
        return Response(
            status: reason == nil ? .ok : .serviceUnavailable, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.bytes(body))))
    }

    /// `GET /`: what there is.
    @Sendable func index(_ request: Request, _ context: GatewayContext) async throws -> Response {
        if request.wantsPage { return PageWriter.redirect(to: PageWriter.home(of: context.caller)) }
        var index = HAL([])
        index.link("self", url("/"))
        for (name, path) in [
            ("orders", "/orders"), ("confirmations", "/confirmations"), ("mypages", "/mypages"),
            ("hotelViews", "/hotelViews"), ("paymentHistories", "/paymentHistories"),
            ("reservations", "/reservations"), ("cancellations", "/cancellations"), ("health", "/actuator/health"),
        ] { index.link(name, url(path)) }
        index.link("booking", url("/bookings/{number}{?code}"), isTemplated: true)
        return index.response()
    }

    /// A path as links have it.
    func url(_ path: String) -> String { settings().publicURL + path }
}
