import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import Logging
import NIOCore

/// What stands before every route: who asks, errors as problems, and a line of the log for each request.
struct FrontMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    let door: @Sendable () -> any Door
    let logger: Logger

    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var context = context
        var response: Response
        do {
            context.caller = try door().caller(of: request, from: context.peer)
            response = try await next(request, context)
        } catch {
            response = problem(error, request).response
        }
        for (name, value) in Self.always where response.headers[name] == nil { response.headers[name] = value }
        log(request, response, context)
        return response
    }

    /// For whoever shows an answer in a browser.
    private static let always: [(HTTPField.Name, String)] = [
        ("X-Content-Type-Options", "nosniff"), ("Referrer-Policy", "no-referrer"), ("X-Frame-Options", "DENY"),
        ("Content-Security-Policy", "default-src 'none'; frame-ancestors 'none'"), ("Cache-Control", "no-store"),
    ].compactMap { name, value in HTTPField.Name(name).map { ($0, value) } }

    private func problem(_ error: any Error, _ request: Request) -> WireProblem {
        switch error {
        case let problem as WireProblem: return problem
        case let error as ClientError: return WireProblem(error)
        case let error as HTTPError where error.status == .notFound:
            return WireProblem(
                "no-such-route", status: 404, title: "There is nothing here",
                detail: "there is nothing at '\(request.uri.path.prefix(200))'; '/' says what there is")
        case let error as any HTTPResponseError:
            return WireProblem(
                "bad-request", status: error.status.code, title: error.status.reasonPhrase,
                detail: "the request cannot be read (\(error.status.code))")
        default:
            logger.error(
                "a request failed and was answered with 500",
                metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return WireProblem(
                "internal", status: 500, title: "The request failed", detail: "it failed inside; the log has the reason"
            )
        }
    }

    /// Without query and body: those have codes of guests and numbers of cards.
    private func log(_ request: Request, _ response: Response, _ context: GatewayContext) {
        let spent = (ContinuousClock.now - context.begun) / .milliseconds(1)
        logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(request.uri.path.prefix(200))",
                "status": "\(response.status.code)", "ms": "\(Int64(spent))", "caller": "\(context.caller.name)",
                "peer": "\(context.peer)",
            ])
    }
}
