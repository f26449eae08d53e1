import Basics
import CEL
import ControlAPI
import HTTPTypes
import Hummingbird
import SagaCore
import SagaEngine

/// Answers that participants bring by themselves. The token in the path is the right to give one, so it stands in no answer and no log.
extension ControlResponder {
    /// The longest that one `extend` asks for, in milliseconds: thirty days.
    private static let extensionMax: Int64 = 30 * 86_400_000

    /// `POST /v1/calls/{token}/…`.
    func callBack(_ route: ControlAPI.Route, _ token: String, _ request: Request) async throws -> Response {
        _ = try request.query(of: route)
        let call = try engine.call(by: token)
        switch route {
        case .complete:
            let body = try await request.object(of: route, max: facts.bodyMax)
            return try await take(.succeeded(result: body["result"].map { Document(read: $0) }), of: call)
        case .refuse:
            let body = try await request.object(of: route, max: facts.bodyMax)
            guard let code = try body.text("code"), !code.isEmpty, code.utf8.count <= Self.codeBytesMax else {
                throw WireProblem.badRequest(
                    "a refusal needs its 'code', a text of 1 to \(Self.codeBytesMax) bytes that workflows compare with")
            }
            return try await take(.refused(code: code, message: try Self.message(body) ?? ""), of: call)
        case .fail:
            let body = try await request.object(of: route, max: facts.bodyMax)
            return try await take(
                .unknown(message: try Self.message(body) ?? "the participant says that it failed"), of: call)
        case .extend: return try await extend(call, request)
        default: return try await takeAsRead(call, request)
        }
    }

    private func extend(_ call: NamedCall, _ request: Request) async throws -> Response {
        let body = try await request.object(of: .extend, max: facts.bodyMax)
        guard let text = try body.text("by"), let time = DurationText.milliseconds(text), time > 0,
            time <= Self.extensionMax
        else { throw WireProblem.badRequest("more time needs 'by', a duration of up to 30d, as in \"10m\"") }
        let progress = try body.text("progress").map(Self.clipped) ?? "it is at work"
        let until = engine.clock.now() + time
        return try await take(.pending(location: nil, message: progress), of: call, until: until)
    }

    /// What an answer in the participant's own words says, by the rules that its other answers are read by.
    private func takeAsRead(_ call: NamedCall, _ request: Request) async throws -> Response {
        let bytes = try await request.bytes(max: facts.bodyMax)
        let headers = request.headers.map { (name: $0.name.rawName, value: $0.value) }
        let outcome = await facts.reading(headers, bytes, try await engine.sent(call))
        switch outcome {
        case .unknown(let message, _), .unreached(let message, _, hasLeft: false), .held(let message, _),
            .forgotten(let message):
            throw WireProblem(
                "unreadable-answer", status: 422, title: "The answer says nothing",
                detail:
                    "\(message); the call waits on. Send JSON, or the header 'Saga-Outcome', or say in 'answers' how it "
                    + "is to be read")
        default: return try await take(outcome, of: call)
        }
    }

    private func take(_ outcome: Outcome, of call: NamedCall, until: Instant? = nil) async throws -> Response {
        let reply = try await engine.callBack(call, outcome, until: until, by: Self.actor)
        let word: String
        switch reply.verdict {
        case .settled: word = "settled"
        case .noted: word = "noted"
        case .known: word = "known"
        case .contradicts(let why), .over(let why):
            throw WireProblem(
                "call-settled", status: 409, title: "The call has its outcome",
                detail: Masker(for: reply.saga, in: reply.workflow).masked(why))
        }
        return .json(CallbackAnswer(answer: word, until: until?.rfc3339).json)
    }

    private static let codeBytesMax = 128
    private static let messageBytesMax = 1_000

    private static func message(_ body: MapValue) throws -> String? { try body.text("message").map(clipped) }

    private static func clipped(_ text: String) -> String { text.clipped(toBytes: messageBytesMax) }
}
