import ControlAPI
import HTTPTypes
import Hummingbird
import Identity

/// A row of the one table of routes: what is asked for, who may, what it takes and may answer, and what answers.
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
    /// As the document has it, and as the answer reads the request; `nil` where what comes is passed on.
    var operation: Operation?
    /// What is passed on.
    var relayed: [Operation] = []
    var answer: @Sendable (Gateway) -> Answer

    init(
        _ method: HTTPRequest.Method, _ path: String, _ act: DoorAct, _ operation: Operation,
        _ answer: @escaping @Sendable (Gateway) -> Answer
    ) {
        self.init(method, path, .act(act), operation.asked(act), answer)
    }

    init(
        _ method: HTTPRequest.Method, _ path: String, _ access: Access, _ operation: Operation,
        _ answer: @escaping @Sendable (Gateway) -> Answer
    ) {
        self.method = method
        self.path = path
        self.access = access
        self.operation = operation.row(method.rawValue, path)
        self.answer = answer
    }

    /// A row that passes requests on.
    init(
        _ method: HTTPRequest.Method, _ path: String, relaying relayed: [Operation],
        _ answer: @escaping @Sendable (Gateway) -> Answer
    ) {
        self.method = method
        self.path = path
        access = .named
        self.relayed = relayed
        self.answer = answer
    }

    /// All of the document that is this row's: a GET answers HEAD too.
    var operations: [Operation] {
        (operation.map { [$0] } ?? relayed).flatMap { $0.method == "GET" ? [$0, $0.onlyHead] : [$0] }
    }

    /// Answers a caller who may ask.
    func respond(to request: Request, _ context: GatewayContext, at gateway: Gateway) async throws -> Response {
        if case .act(let act) = access { try context.caller.permit(act) }
        var context = context
        if let operation {
            context.operation = operation
            // Also where nothing of it is read.
            _ = try request.parameters(of: operation)
        }
        return try await answer(gateway)(request, context)
    }
}
