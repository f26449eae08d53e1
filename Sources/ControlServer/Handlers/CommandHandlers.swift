import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import SagaCore
import SagaEngine

extension HTTPField.Name {
    /// Deduplicates a signal, as `id` in the body does.
    static var idempotencyKey: HTTPField.Name? { HTTPField.Name("Idempotency-Key") }
}

extension Request {
    /// The id of a signal, from the header or the body.
    func idempotencyKey(or inBody: String?) throws -> String? {
        let header = HTTPField.Name.idempotencyKey.flatMap { headers[$0] }
        if let header, let inBody, header != inBody {
            throw WireProblem.badRequest("the Idempotency-Key header ('\(header)') and 'id' ('\(inBody)') differ")
        }
        return header ?? inBody
    }
}

extension ControlResponder {
    /// `POST /v1/sagas/{id}/signals/{name}`.
    func signal(_ id: String, name: String, _ request: Request) async throws -> Response {
        let query = try request.query(of: .signal)
        let body = try await request.object(of: .signal, max: facts.bodyMax)
        let signal = SignalSent(
            name: name, id: try request.idempotencyKey(or: try body.text("id")),
            data: Document(read: body["data"] ?? .null),
            by: Self.actor)
        let reply = try await engine.signal(try await reference(id), signal, wait: try query.wait())
        var response = try await response(reply, to: name)
        response.headers.append(contentsOf: waitFields(reply.reached))
        return response
    }

    /// What became of a signal.
    func response(_ reply: Reply<SignalVerdict>, to name: String) async throws -> Response {
        let saga = await resource(reply.saga, reply.workflow, reached: reply.reached)
        switch reply.verdict {
        case .handled:
            return .json(CommandAnswer(answer: "handled", saga: saga).json, status: .accepted)
        case .deferred:
            return .json(CommandAnswer(answer: "deferred", saga: saga).json, status: .accepted)
        case .refused(let reason):
            let masker = Masker(for: reply.saga, in: reply.workflow)
            throw WireProblem(
                "signal-refused", status: 409, title: "Signal refused",
                detail: masker.masked(reason),
                extensions: MapValue(Self.whereabouts(of: saga)))
        case .invalidData(let faults):
            // A secret of the input may come again as a member's name.
            let masker = Masker(for: reply.saga, in: reply.workflow)
            let masked = faults.map { fault in
                InputSchema.Fault(pointer: masker.masked(fault.pointer), message: masker.masked(fault.message))
            }
            throw WireProblem.invalidData(of: name, masked, "the saga stays as it is", Self.whereabouts(of: saga))
        }
    }

    private static func whereabouts(of saga: SagaResource) -> [(String, Value)] {
        [
            ("saga", .string(saga.id)), ("state", .string(saga.state)), ("sagaStatus", .string(saga.status)),
            ("signals", .list(saga.signals.map { .string($0) })),
        ]
    }

    /// `POST /v1/sagas/{id}/cancel`.
    func cancel(_ id: String, _ request: Request) async throws -> Response {
        let query = try request.query(of: .cancel)
        let body = try await request.object(of: .cancel, max: facts.bodyMax)
        let cancel = CancelSent(reason: try body.text("reason"), by: Self.actor)
        let reply = try await engine.cancel(try await reference(id), cancel, wait: try query.wait())
        let saga = await resource(reply.saga, reply.workflow, reached: reply.reached)
        let fields = waitFields(reply.reached)
        switch reply.verdict {
        case .accepted:
            return .json(CommandAnswer(answer: "accepted", saga: saga).json, status: .accepted, headers: fields)
        case .deferred:
            return .json(CommandAnswer(answer: "deferred", saga: saga).json, status: .accepted, headers: fields)
        case .already: return .json(CommandAnswer(answer: "already", saga: saga).json)
        case .tooLate(let state):
            throw WireProblem(
                "too-late", status: 409, title: "Too late to cancel",
                detail: "saga \(saga.id) cannot be cancelled any more: state '\(state)' made it so",
                extensions: MapValue([
                    ("saga", .string(saga.id)), ("state", .string(state)), ("sagaStatus", .string(saga.status)),
                ]))
        }
    }
}
