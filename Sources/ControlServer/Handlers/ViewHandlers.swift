import ControlAPI
import Hummingbird
import SagaCore
import SagaEngine

extension ControlResponder {
    /// `GET /v1/views/{view}`.
    func view(_ name: String, _ request: Request) async throws -> Response {
        let query = try request.query(of: .view)
        let page = try await engine.view(
            name, key: query["key"], limit: try query.limit(), after: try query.after())
        let serials = try await engine.serials(of: page.rows.map(\.saga))
        let rows = page.rows.map {
            ViewList.Row(saga: $0.saga.description, serial: serials[$0.saga].map { Int($0) }, key: $0.key, row: $0.row)
        }
        let digits = try await engine.idDigits(of: page.rows.map(\.saga))
        return .json(
            ViewList(view: name, rows: rows, next: page.next?.description, idDigits: digits, older: page.isOlder).json)
    }

    /// `POST /v1/views/{view}/rebuild`: 202, as the rows are written in small steps from then on.
    func rebuild(_ name: String, _ request: Request) async throws -> Response {
        _ = try request.query(of: .rebuildView)
        _ = try await request.object(of: .rebuildView, max: facts.bodyMax)
        let state = try await engine.rebuild(view: name, by: Self.actor)
        return .json(ViewStateResource(state).json, status: .accepted)
    }
}

extension ViewStateResource {
    init(_ state: ViewState) {
        self.init(name: state.name, progress: state.progress.map { .init(done: $0.done, total: $0.total) })
    }
}
