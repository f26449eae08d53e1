import CEL
import ControlAPI
import Hummingbird
import SagaEngine
import SagaStore

extension ControlResponder {
    /// `POST /v1/rekey`.
    func rekey(_ request: Request) async throws -> Response {
        _ = try request.query(of: .rekey)
        let body = try await request.object(of: .rekey, max: facts.bodyMax)
        let wrapsOnly = try body.flag("wrapOnly")
        let reason = try body.text("reason") ?? ""
        let keys: StoreKeys
        do {
            keys = try await facts.keys()
        } catch {
            throw WireProblem(
                "bad-key", status: 422, title: "The key cannot be used",
                detail: "\(error); the store's keys have not changed")
        }
        let renewed = try await engine.rekey(keys, wrapsOnly: wrapsOnly, reason: reason, by: Self.actor)
        let answer = !wrapsOnly ? "renewed" : renewed.isWrappedAnew ? "wrapped" : "unchanged"
        return .json(
            RekeyAnswer(answer: answer, wrappedAnew: renewed.isWrappedAnew, seal: SealResource(renewed.status)).json)
    }
}

extension SealResource {
    init(_ status: SealStatus) {
        self.init(
            dataKey: Int(status.dataKey), masterKey: status.master, origin: status.origin,
            progress: status.progress.map { .init(done: Int($0.done), total: Int($0.total)) })
    }
}
