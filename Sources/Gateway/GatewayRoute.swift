import ControlAPI
import HTTPTypes
import Hummingbird
import Identity

/// A row of the one table of routes: what is asked for, who may, and what answers.
struct GatewayRoute: Sendable {
    /// Who may ask.
    enum Access: Sendable {
        /// Who may this.
        case act(DoorAct)
        /// It depends on what the request names, an order or a route of the control API: the answer looks first of all.
        case named
    }

    typealias Answer = @Sendable (Request, GatewayContext) async throws -> Response

    var method: HTTPRequest.Method
    /// As Hummingbird's router takes it: `/orders/{number}`.
    var path: String
    var access: Access
    var answer: Answer

    init(_ method: HTTPRequest.Method, _ path: String, _ act: DoorAct, _ answer: @escaping Answer) {
        self.init(method, path, .act(act), answer)
    }

    init(_ method: HTTPRequest.Method, _ path: String, _ access: Access, _ answer: @escaping Answer) {
        self.method = method
        self.path = path
        self.access = access
        self.answer = answer
    }

    /// Answers a caller who may ask.
    func respond(to request: Request, _ context: GatewayContext) async throws -> Response {
        if case .act(let act) = access { try context.caller.permit(act) }
        return try await answer(request, context)
    }
}
