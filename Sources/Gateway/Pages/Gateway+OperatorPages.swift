import CEL
import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import Identity
import Pages

/// Pages of operators: what needs a person, the search, and one saga with its acts.
extension Gateway {
    static let rowsMax = 50
    /// For a page of all sagas.
    static let liveAll = "/feed"
    private static let historyMax = 200
    /// What one saga may be told on its page, and by which route.
    private static let acts: [Route] = [.retry, .settle, .skip, .cancel, .pause, .resume, .terminate]
    private static let told: [Route] = acts + [.signal]
    /// As the page's forms name them.
    static let actNames = told.map(name)

    private static func name(of act: Route) -> String { act == .signal ? "signal" : act.lastSegment }

    /// `GET /operations`.
    @Sendable func operationsPage(_ request: Request, _ context: GatewayContext) async throws -> Response {
        _ = try request.parameters(of: context.operation)
        let daemon = client.speaking(for: context.caller.front())
        let stuck = try await daemon.list(ListFilter(status: "stuck"), limit: Self.rowsMax).sagas
        let alarmed = try await daemon.list(ListFilter(withAlarms: true), limit: Self.rowsMax).sagas
        let ids = Set(stuck.map(\.id))
        let attention = (stuck + alarmed.filter { !ids.contains($0.id) }).sorted { $0.updatedAt < $1.updatedAt }
        let page = OperationsPage(
            status: try await daemon.status(), attention: attention,
            effects: try await daemon.effects(outcome: "unknown", limit: Self.rowsMax).effects
                + (try await daemon.effects(outcome: "undoing", limit: Self.rowsMax).effects),
            mayAct: may(.resumeAll, context))
        return PageWriter.response(.operations(page), to: request, context, live: Self.liveAll)
    }

    /// `POST /operations/resume`.
    @Sendable func resumeForm(_ request: Request, _ context: GatewayContext) async throws -> Response {
        _ = try await request.members(of: context.operation, max: settings().bodyMax)
        _ = try await client.speaking(for: context.caller.front()).resumeAll(reason: "asked for at the gateway")
        return PageWriter.redirect(to: PagePath.operations)
    }

    /// `GET /sagas/{id}`; with `?act=` also what that act would do, without doing it.
    @Sendable func sagaPage(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let query = try request.parameters(of: context.operation)
        let daemon = client.speaking(for: context.caller.front())
        let saga = try await daemon.show(try context.argument("id"))
        var acts = Self.acts.filter { may($0, context) && Self.fits($0, saga) }.map(\.lastSegment)
        if may(.signal, context), !Self.isOver(saga) { acts.append("signal") }
        var trial: ActTrial?
        if let act = query["act"], acts.contains(act) {
            trial = try await self.trial(act, of: saga, signal: query["name"], by: daemon)
        }
        let history = try await daemon.history(saga.id, limit: Self.historyMax)
        let page = SagaPage(saga: saga, history: history, workflow: nil, acts: acts, trial: trial)
        let live = Self.isOver(saga) ? nil : "/feed?saga=\(saga.id)&after=\(history.entries.last?.number ?? 0)"
        return PageWriter.response(.saga(page), to: request, context, live: live)
    }

    /// Whether an act can come to anything as the saga stands; the daemon has the last word.
    private static func fits(_ act: Route, _ saga: SagaResource) -> Bool {
        if isOver(saga) { return false }
        return switch act {
        case .resume: saga.status == "paused"
        case .pause: saga.status != "paused"
        case .retry, .settle, .skip: saga.status == "stuck" || saga.trying != nil || saga.parked != nil
        case .cancel: saga.cancel == nil
        default: true
        }
    }

    private func trial(
        _ act: String, of saga: SagaResource, signal: String?, by daemon: ControlClient
    ) async throws -> ActTrial {
        guard let route = Self.acts.first(where: { $0.lastSegment == act }), route != .cancel else {
            return ActTrial(act: act, dryRun: .untried, signal: act == "signal" ? signal : nil)
        }
        let steps = [.settle, .skip].contains(route) ? saga.steps : []
        let wish = OperatorWish(
            route, step: steps.last.map { "\($0.number)" }, as: route == .settle ? "succeeded" : nil)
        do throws(ClientError) {
            let answer = try await daemon.operate(saga.id, wish, reason: "asked for at the gateway", dryRun: true)
            return ActTrial(act: act, dryRun: .would(answer), steps: steps)
        } catch {
            guard case .problem(let problem) = error else { throw error }
            return ActTrial(act: act, dryRun: .refused(problem), steps: steps)
        }
    }

    /// `POST /sagas/{id}/{act}`.
    @Sendable func actForm(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let (id, act) = (try context.argument("id"), try context.argument("act"))
        guard let route = Self.told.first(where: { Self.name(of: $0) == act }) else {
            throw WireProblem.badRequest("'\(act.prefix(40))' is nothing that a saga can be told here")
        }
        try context.caller.permit(.control(route, method: "POST"))
        let body = try await request.members(of: context.operation, max: settings().bodyMax)
        func text(_ name: String) -> String? {
            body[name]?.stringValue.map(\.trimmingSpaces).flatMap { $0.isEmpty ? nil : $0 }
        }
        let daemon = client.speaking(for: context.caller.front())
        switch route {
        case .signal:
            guard let name = text("name") else { throw WireProblem.invalid("/name", "is required") }
            var data: Value?
            if let text = text("data") {
                do throws(JSONError) {
                    data = try JSON.parse(text)
                } catch {
                    throw WireProblem.invalid("/data", "is no JSON: \(error.message)")
                }
            }
            _ = try await daemon.signal(id, name, data: data, id: try Self.key(of: body))
        case .cancel: _ = try await daemon.cancel(id, reason: text("reason"))
        default:
            guard let reason = text("reason") else { throw WireProblem.invalid("/reason", "is required") }
            let wish = OperatorWish(route, step: text("step"), as: text("as"))
            _ = try await daemon.operate(id, wish, reason: reason)
        }
        return PageWriter.redirect(to: PagePath.saga(id))
    }

    /// `GET /workflows`.
    @Sendable func workflowsPage(_ request: Request, _ context: GatewayContext) async throws -> Response {
        _ = try request.parameters(of: context.operation)
        let list = try await client.speaking(for: context.caller.front()).workflows()
        return PageWriter.response(.workflows(WorkflowsPage(list: list, mayAct: false)), to: request, context)
    }

    func may(_ route: Route, _ context: GatewayContext) -> Bool {
        context.caller.ruling(.control(route, method: "POST")) == .allowed
    }
}
