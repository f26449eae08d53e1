import CEL
import ControlAPI
import ControlClient
import HTTPTypes
import Hummingbird
import Identity
import Pages

/// The search for sagas, and what all that it found are told at once.
extension Gateway {
    private static let jobsMax = 5

    /// `GET /sagas`: the search, which stands in the address; with `?act=` also how many that act would meet.
    @Sendable func sagasPage(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let query = try request.parameters(of: context.operation)
        let search = Self.search { query[$0] }
        let daemon = client.speaking(for: context.caller.front())
        let names = Set(try await daemon.workflows().workflows.map(\.name)).sorted()
        let mayAct = may(.jobs, context)
        var bulk: SagasPage.Bulk?
        if mayAct, let act = query["act"], SagasPage.bulkActs.contains(act) {
            let wish = try Self.job(act, search, reason: "counted at the gateway")
            bulk = .init(act: act, preview: try await daemon.preview(wish))
        }
        let after = query["after"].flatMap { $0.isEmpty ? nil : $0 }
        let page = SagasPage(
            search: search, list: try await daemon.list(Self.filter(search), limit: Self.rowsMax, after: after),
            workflows: names, bulk: bulk, jobs: try await daemon.jobs(limit: Self.jobsMax).jobs, mayAct: mayAct)
        // What is being decided stays as it was counted.
        return PageWriter.response(
            .sagas(page), to: request, context, live: bulk == nil ? Self.liveAll : nil)
    }

    /// `POST /sagas`: has the job accepted that was counted.
    @Sendable func bulkForm(_ request: Request, _ context: GatewayContext) async throws -> Response {
        let body = try await request.members(of: context.operation, max: settings().bodyMax)
        let search = Self.search { body[$0]?.stringValue }
        guard let act = body["act"]?.stringValue, SagasPage.bulkActs.contains(act) else {
            throw WireProblem.badRequest("'act' must be one of \(SagasPage.bulkActs.joined(separator: ", "))")
        }
        let reason = body["reason"]?.stringValue?.trimmingSpaces ?? ""
        guard !reason.isEmpty else { throw WireProblem.invalid("/reason", "is required") }
        _ = try await client.speaking(for: context.caller.front()).accept(Self.job(act, search, reason: reason))
        return PageWriter.redirect(to: search.address)
    }

    private static func search(_ value: (String) -> String?) -> SagasPage.Search {
        SagasPage.Search(
            workflow: value("workflow") ?? "", status: value("status") ?? "", state: value("state") ?? "",
            key: value("key") ?? "", attribute: value("where") ?? "")
    }

    private static func filter(_ search: SagasPage.Search) -> ListFilter {
        func given(_ text: String) -> String? { text.isEmpty ? nil : text }
        var filter = ListFilter(
            workflow: given(search.workflow), state: given(search.state), status: given(search.status))
        filter.key = given(search.key)
        let sides = search.attribute.split(separator: "=", maxSplits: 1, omittingEmptySubsequences: false)
        if sides.count == 2 { filter.attributes = [.init(name: String(sides[0]), value: String(sides[1]))] }
        return filter
    }

    /// A job meets what the search has found, or it is refused: it never meets more.
    private static func job(_ act: String, _ search: SagasPage.Search, reason: String) throws -> JobWish {
        guard search.key.isEmpty else {
            throw WireProblem.badRequest("many sagas are not chosen by a key, which one live saga has: act on its page")
        }
        let filter = filter(search)
        guard search.attribute.isEmpty || !filter.attributes.isEmpty else {
            throw WireProblem.badRequest("'where' is '\(search.attribute.prefix(100))'; it must be NAME=VALUE")
        }
        return JobWish(act: act, filter: filter, reason: reason)
    }
}
