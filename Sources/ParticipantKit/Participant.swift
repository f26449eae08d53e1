import CEL
public import Hummingbird
import Listener
public import Logging
import NIOCore
import ServiceLifecycle

/// Serves a participant's operations over HTTP: reads the call, performs it once, answers.
public struct Participant: Sendable {
    /// The router that operations are registered on; its context is Hummingbird's plain one.
    public typealias Routes = Router<BasicRequestContext>

    /// Its name, in the `type` of its problems.
    public let name: String
    /// Its database.
    public let store: IdempotentStore
    private let faults: Faults
    private let logger: Logger

    /// A participant over `store`; `faults` befall the operations, never the reading routes.
    public init(name: String, store: IdempotentStore, faults: Faults = .none, logger: Logger) {
        self.name = name
        self.store = store
        self.faults = faults
        self.logger = logger
    }

    /// A router whose every error is a problem, with `GET /health`: 200 while the database can be read, else 503.
    public func routes() -> Routes {
        let router = Router()
        router.add(middleware: ProblemMiddleware(participant: name, logger: logger))
        let store = self.store
        router.get("/health") { _, _ in
            _ = try await store.read { db in try Schema.synchronous(db) }
            return KeptAnswer(status: 200, ["status": "ok"]).response()
        }
        return router
    }

    /// Serves `operation` at `POST /NAME` and at `aliases`.
    public func register(_ operation: Operation, aliases: [String] = [], on routes: Routes) {
        for path in ["/\(operation.name)"] + aliases {
            routes.post(RouterPath(path)) { request, _ in try await answer(request, operation) }
        }
    }

    private func answer(_ request: Request, _ operation: Operation) async throws -> Response {
        let body = try await body(of: request)
        let call = try IncomingCall(headers: request.headers, body: body)
        let draw = faults.draw()
        try await pause(draw.before)
        guard !draw.failsBefore else { throw Problem.failedAtRandom }
        let performed = try await store.perform(operation, call)
        var after = draw.after
        if !performed.isReplay, let holdBack = operation.holdBack { after += holdBack(call) }
        try await pause(after)
        guard !draw.failsAfter else { throw Problem.failedAtRandom }
        return performed.answer.response(saying: performed.answer.outcome)
    }

    private func body(of request: Request) async throws -> [UInt8] {
        let limit = HTTPListenerConfiguration.bodyBytesMaxDefault
        do {
            let buffer = try await request.body.collect(upTo: limit)
            return Array(buffer.readableBytesView)
        } catch is NIOTooManyBytesError {
            throw Problem(
                413, "too-large", title: "The body is too large", detail: "a body has \(limit) bytes at most")
        }
    }

    /// Ends early when the program stops: what was delayed is answered then, not dropped.
    private func pause(_ duration: Swift.Duration) async throws {
        guard duration > .zero else { return }
        do {
            try await cancelWhenGracefulShutdown { try await Task.sleep(for: duration) }
        } catch is CancellationError {
            return
        }
    }
}

extension Problem {
    /// The same whether or not it was done: the caller must not be able to tell, so it says nothing of the key.
    fileprivate static var failedAtRandom: Problem {
        Problem(
            503, "unavailable", title: "The service is not available",
            detail: "a failure at random, as --fail-rate asks for; try again with the same Idempotency-Key")
    }
}
