import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import Identity
import Logging
import NIOCore

/// What stands before every route: how often one may ask, who asks, errors as problems, and a line of the log for each request.
struct FrontMiddleware: RouterMiddleware {
    typealias Context = GatewayContext

    let keeper: Doorkeeper
    let settings: @Sendable () -> Gateway.Settings
    let logger: Logger

    func handle(
        _ request: Request, context: GatewayContext, next: (Request, GatewayContext) async throws -> Response
    ) async throws -> Response {
        var (request, context) = (request, context)
        let settings = settings()
        let facts = Self.facts(request, context, isTLS: settings.isSecure)
        context.facts = facts
        var response: Response
        do {
            try keeper.knock(facts)
            let entry = try await keeper.admit(facts)
            context.entry = entry
            context.caller = try entry.caller(form: try await Self.formToken(of: &request, max: settings.bodyMax))
            try keeper.count(context.caller)
            response = try await next(request, context)
        } catch {
            response = answer(to: error, request, context)
        }
        for (name, value) in SecurityHeaders.all(isSecure: keeper.isSecure(facts)) {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        if response.headers[.cacheControl] == nil { response.headers[.cacheControl] = "no-store" }
        if let entry = context.entry { follow(entry, with: &response) }
        log(request, response, context)
        return response
    }

    private static func facts(_ request: Request, _ context: GatewayContext, isTLS: Bool) -> RequestFacts {
        var headers = request.headers.map { (name: $0.name.rawName, value: $0.value) }
        if let authority = request.head.authority { headers.append((name: "Host", value: authority)) }
        return RequestFacts(
            method: request.method.rawValue, path: request.uri.path, headers: headers, peer: context.peer, isTLS: isTLS)
    }

    /// The field of a form that shows that it came from one of our own pages; the body is there for the route too.
    private static func formToken(of request: inout Request, max: Int) async throws -> String? {
        guard [.post, .put, .patch, .delete].contains(request.method), request.isForm else { return nil }
        let bytes = try await request.bytes(max: max)
        request.body = RequestBody(buffer: ByteBuffer(bytes: bytes))
        let shown = try PercentDecoding.pairs(String(decoding: bytes, as: UTF8.self), in: "form")
            .filter { $0.name == Entry.formField }
        return shown.count == 1 ? shown[0].value : nil
    }

    /// What the door found to say goes with each answer; what the route says of the same cookie is newer.
    private func follow(_ entry: Entry, with response: inout Response) {
        for note in entry.notes { logger.info("\(note.text)") }
        guard !entry.cookies.isEmpty else { return }
        response.headers[values: .setCookie] = entry.cookies + response.headers[values: .setCookie]
    }

    private func answer(to error: any Error, _ request: Request, _ context: GatewayContext) -> Response {
        let refusal = error as? DoorRefusal
        let problem = refusal?.problem ?? problem(error, request)
        var response = problem.response
        if request.wantsPage {
            let page = PageWriter.response(problem, to: request, context)
            // What a program is told beside, as when to come again, a browser is told too.
            response.headers.append(contentsOf: page.headers.filter { $0.name == .setCookie })
            response.headers[.contentType] = page.headers[.contentType]
            response.headers[.vary] = page.headers[.vary]
            response.body = page.body
        }
        for (name, value) in refusal?.headers ?? [:] {
            if let name = HTTPField.Name(name) { response.headers[name] = value }
        }
        return response
    }

    private func problem(_ error: any Error, _ request: Request) -> WireProblem {
        switch error {
        case let problem as WireProblem: return problem
        case let error as ClientError: return WireProblem(error)
        case let error as HTTPError where error.status == .notFound:
            let methods = Gateway.methods(at: request.uri.path)
            if !methods.isEmpty {
                return .wrongMethod(request.method.rawValue, request.uri.path, allowed: methods)
            }
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
                metadata: ["path": "\(Self.shown(request.uri.path))", "error": "\(error)"])
            return WireProblem(
                "internal", status: 500, title: "The request failed", detail: "it failed inside; the log has the reason"
            )
        }
    }

    /// The token of a callback is the right to answer a call.
    private static func shown(_ path: String) -> Substring {
        path.hasPrefix("/callbacks/") ? "/callbacks/…" : path.prefix(200)
    }

    /// Without query and body: those have codes of guests and numbers of cards.
    private func log(_ request: Request, _ response: Response, _ context: GatewayContext) {
        let spent = (ContinuousClock.now - context.begun) / .milliseconds(1)
        logger.info(
            "request",
            metadata: [
                "method": "\(request.method)", "path": "\(Self.shown(request.uri.path))",
                "status": "\(response.status.code)", "ms": "\(Int64(spent))", "caller": "\(context.caller.front())",
                "peer": "\(context.peer.text)",
            ])
    }
}

extension RequestFacts.Peer {
    /// For the log.
    var text: String {
        switch self {
        case .address(let address): "\(address)"
        case .uid(let uid): "uid \(uid)"
        case .unknown: "local"
        }
    }
}
