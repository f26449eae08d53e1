import CEL
import ControlAPI
import Hummingbird

extension ControlResponder {
    /// `POST /v1/reload`.
    func reload(_ request: Request) async throws -> Response {
        _ = try request.query(of: .reload)
        _ = try await request.object(of: .reload, max: facts.bodyMax)
        switch await facts.reload(Self.actor) {
        case .success(let answer): return .json(answer.json)
        case .failure(let refusal): throw WireProblem(refusal)
        }
    }
}

extension WireProblem {
    fileprivate init(_ refusal: ReloadRefusal) {
        let goesOn = "the daemon goes on with what it had loaded before"
        if let obstacle = refusal.obstacle {
            self.init(
                "reload-obstructed", status: 503, title: "Reload not possible now",
                detail: "\(obstacle); nothing has changed")
            return
        }
        let count = refusal.diagnostics.count
        self.init(
            "reload-refused", status: 422, title: "Reload refused",
            detail: "\(count) \(count == 1 ? "diagnostic" : "diagnostics"); \(goesOn)",
            extensions: MapValue([("diagnostics", .list(refusal.diagnostics.map { .string($0) }))]))
    }
}
