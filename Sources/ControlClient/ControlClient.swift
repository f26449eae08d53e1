import AsyncHTTPClient
import CEL
import ControlAPI
import NIOCore

/// The client of the control socket: one method for each thing the daemon can be asked.
///
/// A restart of the daemon is waited for, as long as the client's patience lasts: what was refused as the daemon goes down, and what
/// cannot have been taken, is sent again; and so is a request that may have been taken when it does no more the second time: one that
/// reads, a start with a key, a signal with an id. All else ends with ``ClientError/interrupted(path:cause:)``. A wait that the daemon
/// cuts short is gone on with.
///
/// Call ``shutdown()`` when done; ``with(socketPath:timeout:_:)`` does it by itself.
public final class ControlClient: Sendable {
    let exchange: ControlExchange

    /// Connections that are idle longer are closed; the daemon keeps them longer, so that none dies under a request.
    private static let idleSeconds: Int64 = 10

    /// - Parameters:
    ///   - socketPath: of the daemon's Unix socket, 107 bytes at most.
    ///   - connectionsMax: requests in flight at once; more wait for a connection.
    ///   - timeout: milliseconds for a request and its whole answer, on top of what it asks the daemon to wait.
    ///   - patience: milliseconds for which a daemon that restarts is waited for; 0 sends every request once.
    ///   - bodyBytesMax: of an answer; 64 MiB holds a page of 1,000 sagas at their largest usual size.
    public init(
        socketPath: String, connectionsMax: Int = 128, timeout: Int64 = 10_000, patience: Int64 = 5_000,
        bodyBytesMax: Int = 64 << 20
    ) {
        var configuration = HTTPClient.Configuration()
        configuration.redirectConfiguration = .disallow
        // A Unix socket takes a connection at once or not at all: a shorter time would measure how busy this machine is.
        configuration.timeout.connect = .milliseconds(timeout)
        configuration.connectionPool.idleTimeout = .seconds(Self.idleSeconds)
        configuration.connectionPool.concurrentHTTP1ConnectionsPerHostSoftLimit = connectionsMax
        // Where there is no daemon, say so at once.
        configuration.connectionPool.retryConnectionEstablishment = false
        configuration.decompression = .disabled
        // By default every request opens a span of a tracer that records nothing.
        configuration.tracing.tracer = nil
        exchange = ControlExchange(
            // One loop: no request changes threads on its way, and one carries more than the daemon does.
            client: HTTPClient(
                eventLoopGroupProvider: .shared(HTTPClient.defaultEventLoopGroup.next()), configuration: configuration),
            path: socketPath, bodyBytesMax: bodyBytesMax, timeout: timeout, patience: patience)
    }

    init(_ exchange: ControlExchange) {
        self.exchange = exchange
    }

    /// The socket's path.
    public var socketPath: String { exchange.path }

    /// Closes the connections; what is in flight fails.
    public func shutdown() async {
        try? await exchange.client.shutdown()
    }

    /// Runs with a client and shuts it down.
    /// - Parameter timeout: as ``init(socketPath:connectionsMax:timeout:patience:bodyBytesMax:)`` takes it.
    public static func with<Result: Sendable>(
        socketPath: String, timeout: Int64 = 10_000, _ body: (ControlClient) async throws -> Result
    ) async throws -> Result {
        let client = ControlClient(socketPath: socketPath, timeout: timeout)
        do {
            let result = try await body(client)
            await client.shutdown()
            return result
        } catch {
            await client.shutdown()
            throw error
        }
    }
}

extension ControlClient {
    /// Sends a request and reads the resource that is answered.
    func ask<Resource>(
        _ request: Request, _ make: (Value) throws(MalformedResource) -> Resource
    ) async throws(ClientError) -> (status: Int, resource: Resource, isCutShort: Bool) {
        let answer = try await exchange.send(request)
        return (answer.status, try read(answer, make), answer.asksToComeAgain)
    }

    /// A saga whose wait the daemon has cut short, once it has got there or the time is over.
    func waited(
        _ saga: SagaResource, isCutShort: Bool, _ wait: Wait?, since begun: ContinuousClock.Instant
    ) async -> SagaResource {
        guard let wait else { return saga }
        var (saga, isCutShort) = (saga, isCutShort)
        var patience = Patience(milliseconds: wait.milliseconds)
        while isCutShort, !saga.reached, await patience.wait() {
            let spent = (ContinuousClock.now - begun).components
            let left = wait.milliseconds - spent.seconds * 1_000 - spent.attoseconds / 1_000_000_000_000_000
            guard left > 0 else { break }
            var request = Request(.get, Route.saga.path(saga.id))
            request.wait(Wait(wait.goal, milliseconds: left))
            // What was done is done: where the saga is now is all that is missing.
            guard let next = try? await ask(request, SagaResource.init(json:)) else { break }
            (saga, isCutShort) = (next.resource, next.isCutShort)
        }
        return saga
    }

    /// The resource of a 2xx answer; all else is a problem.
    func read<Resource>(
        _ answer: WireAnswer, _ make: (Value) throws(MalformedResource) -> Resource
    ) throws(ClientError) -> Resource {
        guard (200..<300).contains(answer.status) else { throw .refusal(answer) }
        do {
            return try make(try JSON.parse(answer.body))
        } catch {
            throw .protocolViolation("\(error)")
        }
    }
}

extension ClientError {
    /// What an answer that is no 2xx says.
    static func refusal(_ answer: WireAnswer) -> ClientError {
        guard let json = try? JSON.parse(answer.body), let problem = try? WireProblem(json: json) else {
            return .protocolViolation("HTTP status \(answer.status) without a problem that explains it")
        }
        return .problem(problem)
    }
}
