import Hummingbird
import Logging

/// Answers every error as a problem, so that a caller always finds a code.
struct ProblemMiddleware: RouterMiddleware {
    typealias Context = BasicRequestContext

    let participant: String
    let logger: Logger

    func handle(
        _ request: Request, context: BasicRequestContext,
        next: (Request, BasicRequestContext) async throws -> Response
    ) async throws -> Response {
        do {
            return try await next(request, context)
        } catch let problem as Problem {
            return problem.response(from: participant)
        } catch let error as HTTPError where error.status == .notFound {
            return Problem(
                404, "no-such-route", title: "There is nothing here",
                detail: "\(participant) has no route \(request.method.rawValue) \(request.uri.path)",
                // Turned away before anything was looked at, as by a version that does not have the operation yet.
                outcome: .retry
            ).response(from: participant)
        } catch let error as any HTTPResponseError {
            return Problem(
                error.status.code, "bad-request", title: error.status.reasonPhrase, detail: "\(error)"
            ).response(from: participant)
        } catch {
            logger.error(
                "a request failed and was answered with 500",
                metadata: ["path": "\(request.uri.path)", "error": "\(error)"])
            return Problem(
                500, "internal", title: "The request failed", detail: "it failed inside; the log has the reason"
            ).response(from: participant)
        }
    }
}
