import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import SagaCore
import SagaEngine

extension ControlResponder {
    /// `POST /v1/workflows/{name}/keys/{key}/signals/{signal}`: to the live saga of the key, or kept for the next one.
    func signal(workflow: String, key: String, name: String, _ request: Request) async throws -> Response {
        _ = try request.query(of: .keyedSignal)
        let body = try await request.object(of: .keyedSignal, max: facts.bodyMax)
        var keyed = KeyedSignal(
            workflow: workflow, key: key,
            signal: SignalSent(
                name: name, id: try request.idempotencyKey(or: try body.text("id")),
                data: Document(read: body["data"] ?? .null),
                by: Self.actor))
        if let text = try body.text("for") {
            guard let time = CEL.Duration(parsing: text), (1...KeyedSignal.keptForMax).contains(time.milliseconds)
            else {
                throw WireProblem.badRequest(
                    "'for' is '\(text)'; it must be a duration such as 10m or 2h, and 720h at most")
            }
            keyed.keptFor = time.milliseconds
        }
        switch try await engine.signal(keyed) {
        case .told(let reply): return try await response(reply, to: name)
        case .kept(let until):
            let answer = KeptAnswer(workflow: workflow, key: key, signal: name, until: until.rfc3339)
            return .json(answer.json, status: .accepted)
        }
    }

    /// `GET` on the same path: what is kept.
    func kept(workflow: String, key: String, name: String, _ request: Request) async throws -> Response {
        _ = try request.query(of: .keyedSignal)
        let kept = try await engine.keptSignals(workflow: workflow, key: key, name: name)
        let list = KeptList(
            signals: kept.map { .init(id: $0.id, data: $0.data, keptAt: $0.at.rfc3339, until: $0.until.rfc3339) })
        return .json(list.json)
    }

    /// `POST /v1/resume`: a daemon that was started paused goes on.
    func resumeAll(_ request: Request) async throws -> Response {
        _ = try request.query(of: .resumeAll)
        let body = try await request.object(of: .resumeAll, max: facts.bodyMax)
        guard let reason = try body.text("reason"), reason.contains(where: { !$0.isWhitespace }) else {
            throw EngineError.reasonMissing
        }
        let answer = ResumeAnswer(answer: await engine.resume(reason: reason, by: Self.actor) ? "resumed" : "already")
        return .json(answer.json)
    }
}
