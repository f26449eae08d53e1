import CEL
import ControlAPI
import HTTPTypes
public import Hummingbird
import Listener
public import SagaEngine

/// Answers the requests of the control socket: finds the route, reads the request strictly, asks the engine, and writes
/// resources or problems.
public struct ControlResponder: HTTPResponder {
    /// Hummingbird's plain one: who asks is in `PeerCredentials.current`.
    public typealias Context = BasicRequestContext

    let engine: Engine
    let facts: ControlFacts

    /// A responder of `engine`; it holds nothing else that changes.
    public init(engine: Engine, facts: ControlFacts) {
        self.engine = engine
        self.facts = facts
    }

    /// Never throws for what a client did; every error is a problem (RFC 9457).
    public func respond(to request: Request, context: Context) async throws -> Response {
        do {
            return try await route(request)
        } catch let problem as WireProblem {
            return .problem(problem)
        } catch let error as EngineError {
            return .problem(WireProblem(error))
        }
    }

    private func route(_ request: Request) async throws -> Response {
        guard let match = try RouteMatch(path: request.uri.path) else {
            throw WireProblem(
                "no-such-route", status: 404, title: "No such route",
                detail: "there is nothing at '\(request.uri.path)'; the routes are "
                    + Route.allCases.map(\.rawValue).joined(separator: ", "))
        }
        guard match.route.methods.contains(request.method.rawValue) else {
            throw WireProblem(
                "method-not-allowed", status: 405, title: "Method not allowed",
                detail: "\(request.method.rawValue) is not for \(match.route.rawValue); it takes "
                    + match.route.methods.joined(separator: " and "),
                extensions: MapValue([("allow", .list(match.route.methods.map { .string($0) }))]))
        }
        let (roles, peer) = (facts.settings().roles, PeerCredentials.current)
        try roles?.permit(match.route, request.method.rawValue, to: peer)
        guard let name = try Behalf.name(in: request, by: peer, roles: roles) else {
            return try await answer(request, match)
        }
        return try await Behalf.$current.withValue(name) { try await answer(request, match) }
    }

    private func answer(_ request: Request, _ match: RouteMatch) async throws -> Response {
        switch match.route {
        case .sagas: return try await request.method == .post ? start(request) : list(request)
        case .saga: return try await show(match.arguments[0], request)
        case .history: return try await history(match.arguments[0], request)
        case .signal: return try await signal(match.arguments[0], name: match.arguments[1], request)
        case .cancel: return try await cancel(match.arguments[0], request)
        case .complete, .refuse, .fail, .extend, .answer:
            return try await callBack(match.route, match.arguments[0], request)
        case .effects: return try await effects(request)
        case .jobs: return try await request.method == .post ? accept(request) : jobs(request)
        case .job: return try await job(match.arguments[0], request)
        case .migrate: return try await migrate(match.arguments[0], request)
        case .workflows: return try await workflows(request)
        case .workflow: return try await workflow(match.arguments[0], request)
        case .view: return try await view(match.arguments[0], request)
        case .rebuildView: return try await rebuild(match.arguments[0], request)
        case .resumeAll: return try await resumeAll(request)
        case .keyedSignal:
            let place = match.arguments
            return try await request.method == .post
                ? signal(workflow: place[0], key: place[1], name: place[2], request)
                : kept(workflow: place[0], key: place[1], name: place[2], request)
        case .root: return try root(request)
        case .openAPI: return try openAPI(request)
        case .health: return try await health(request)
        case .status: return try await status(request)
        case .metrics: return try await metrics(request)
        case .feed: return try await feed(request)
        case .feeds: return try await consumers(request)
        case .consumer: return try await consumer(match.arguments[0], request)
        case .acknowledge: return try await acknowledge(match.arguments[0], request)
        case .moveConsumer: return try await move(consumer: match.arguments[0], request)
        case .backup: return try await backup(request)
        case .rekey: return try await rekey(request)
        case .reload: return try await reload(request)
        // The acts of operators, which are named in one place.
        default: return try await operate(match.route, match.arguments[0], request)
        }
    }
}
