import ControlAPI
import HTTPTypes
import Hummingbird

/// A row of the one table of routes: what is asked for, who may, and what answers.
struct GatewayRoute: Sendable {
    /// Who may ask.
    enum Access: Sendable, Hashable {
        /// Whoever comes.
        case everybody
        /// Who has one of the roles.
        case roles([Role])
        /// Who has the code of the order that the path names, or one of the roles: the answer looks.
        case holder(or: [Role])
        /// As the control API has it: the answer looks.
        case control
    }

    typealias Answer = @Sendable (Request, GatewayContext) async throws -> Response

    var method: HTTPRequest.Method
    /// As Hummingbird's router takes it: `/orders/{number}`.
    var path: String
    var access: Access
    var answer: Answer

    init(_ method: HTTPRequest.Method, _ path: String, _ access: Access, _ answer: @escaping Answer) {
        self.method = method
        self.path = path
        self.access = access
        self.answer = answer
    }

    /// Answers a caller who may ask.
    func respond(to request: Request, _ context: GatewayContext) async throws -> Response {
        if case .roles(let needed) = access, !context.caller.has(oneOf: needed) {
            throw WireProblem.notAllowed("\(method.rawValue) \(path)", needs: needed, context.caller)
        }
        return try await answer(request, context)
    }
}
