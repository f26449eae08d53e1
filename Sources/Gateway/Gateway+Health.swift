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
        return Response(
            status: reason == nil ? .ok : .serviceUnavailable, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: JSON.bytes(GatewayHealth(reason: reason).json))))
    }

    private static let documentBytes = JSON.bytes(document.json)

    /// `GET /openapi.json`: all of this, for programs.
    @Sendable func openAPI(_ request: Request, _ context: GatewayContext) async throws -> Response {
        Response(
            status: .ok, headers: [.contentType: "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: Self.documentBytes)))
    }

    /// `GET /`: what there is.
    @Sendable func index(_ request: Request, _ context: GatewayContext) async throws -> Response {
        if request.wantsPage { return PageWriter.redirect(to: PageWriter.home(of: context.caller)) }
        var index = HAL([])
        index.link("self", url("/"))
        for (name, path) in HAL.places { index.link(name, url(path)) }
        index.link("booking", url("/bookings/{number}{?code}"), isTemplated: true)
        return index.response()
    }

    /// A path as links have it.
    func url(_ path: String) -> String { settings().publicURL + path }
}

extension HAL {
    /// What the index leads to.
    static let places = [
        ("service-desc", "/openapi.json"), ("orders", "/orders"), ("confirmations", "/confirmations"),
        ("mypages", "/mypages"), ("hotelViews", "/hotelViews"), ("paymentHistories", "/paymentHistories"),
        ("reservations", "/reservations"), ("cancellations", "/cancellations"), ("health", "/actuator/health"),
    ]
    static let index = ObjectSchema("Index", [links(of: "Index", ["self"] + places.map(\.0) + ["booking"])])
}

/// How it is, as the old system's clients read it: `DOWN` with the reason where there is one.
struct GatewayHealth: Described {
    var reason: String?

    var json: Value {
        let status: Value = reason == nil ? "UP" : "DOWN"
        let details = reason.map { Value.map(MapValue([("reason", .string($0))])) }
        let daemon = MapValue(present: [("status", status), ("details", details)])
        return .map(MapValue([("status", status), ("components", .map(MapValue([("daemon", .map(daemon))])))]))
    }

    static let schema: ObjectSchema = {
        let status = ObjectSchema.Field.always("status", .word(["UP", "DOWN"]))
        let details = ObjectSchema("HealthDetails", [.always("reason", .text)])
        let daemon = ObjectSchema("DaemonHealth", [status, .maybe("details", .of(details))])
        let components = ObjectSchema("HealthComponents", [.always("daemon", .of(daemon))])
        return ObjectSchema("GatewayHealth", [status, .always("components", .of(components))])
    }()
}
