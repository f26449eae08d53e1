import AsyncHTTPClient
import ControlAPI
import Foundation
import NIOCore
import NIOHTTP1

/// The bytes on the wire: requests out, answers in, every failure as a ``ClientError``.
struct ControlExchange: Sendable {
    let client: HTTPClient
    let path: String
    let bodyBytesMax: Int
    /// Of a request that does not wait on purpose, in milliseconds.
    let timeout: Int64
    /// For how long a request is sent again while the daemon restarts, in milliseconds.
    let patience: Int64
    /// Whom its requests are for.
    var behalf: String?
    /// What every URL begins with: the socket's path as a host, percent-encoded.
    private let base: String

    init(client: HTTPClient, path: String, bodyBytesMax: Int, timeout: Int64, patience: Int64) {
        self.patience = patience
        self.client = client
        self.path = path
        self.bodyBytesMax = bodyBytesMax
        self.timeout = timeout
        base = "http+unix://" + Route.encoded(path)
    }

    /// Sends a request and reads its whole answer; again while the daemon restarts, when nothing can be done twice by that.
    func send(_ request: Request) async throws(ClientError) -> WireAnswer {
        var patience = Patience(milliseconds: patience)
        var first: ClientError?
        while true {
            do throws(Broken) {
                let answer = try await once(request)
                // Going down: nothing was accepted.
                guard answer.isStopping, await patience.wait() else { return answer }
                first = first ?? .refusal(answer)
            } catch {
                // Where nobody was met there is no restart to wait for.
                let isAway = if case .unreachable = error.failure { first != nil } else { false }
                guard isAway || error.isUntaken || (error.isInterruption && request.repeats), await patience.wait()
                else { throw first ?? error.failure }
                first = first ?? error.failure
            }
        }
    }

    /// Why a try failed, and whether the daemon can have taken the request.
    private struct Broken: Error {
        var failure: ClientError
        /// The kernel took not all of it: what is not whole is not carried out.
        var isUntaken: Bool

        /// The connection ended; not because time or patience of this side did.
        var isInterruption: Bool {
            if case .interrupted(_, let cause) = failure { cause == ControlExchange.closed } else { false }
        }
    }

    /// One try.
    ///
    /// By AsyncHTTPClient's interface of delegates: its deadline holds until the body has ended (that of the other one ends at the
    /// head), and it costs a third less CPU than a task group with a timer around the other.
    private func once(_ request: Request) async throws(Broken) -> WireAnswer {
        let milliseconds = request.waits + timeout
        do {
            let message = try HTTPClient.Request(
                url: url(request), method: HTTPMethod(rawValue: request.method.rawValue), headers: headers(request),
                body: request.body.map { .byteBuffer(ByteBuffer(bytes: $0)) })
            let accumulator = ResponseAccumulator(request: message, maxBodySize: bodyBytesMax)
            let task = client.execute(
                request: message, delegate: accumulator, deadline: .now() + .milliseconds(milliseconds))
            let response = try await withTaskCancellationHandler {
                try await task.futureResult.get()
            } onCancel: {
                task.cancel()
            }
            return WireAnswer(
                status: Int(response.status.code), body: response.body.map { Array($0.readableBytesView) } ?? [],
                asksToComeAgain: response.headers.contains(name: "retry-after"))
        } catch {
            throw Broken(failure: failure(error), isUntaken: (error as? IOError)?.errnoCode == EPIPE)
        }
    }

    /// What is said when the connection ended before the answer did.
    private static let closed = "it closed the connection"

    /// Sends a request whose answer streams; its head must come within the timeout, its body may take for ever.
    func open(_ request: Request) async throws(ClientError) -> HTTPClientResponse.Body {
        try await response(request).body
    }

    /// The same with its head.
    func response(_ request: Request) async throws(ClientError) -> HTTPClientResponse {
        var message = HTTPClientRequest(url: try url(request))
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers = headers(request)
        message.body = request.body.map { .bytes(ByteBuffer(bytes: $0)) }
        let response: HTTPClientResponse
        do {
            response = try await client.execute(message, deadline: .now() + .milliseconds(request.waits + timeout))
        } catch {
            throw failure(error)
        }
        guard (200..<300).contains(response.status.code) else { throw .refusal(try await rest(of: response)) }
        return response
    }

    /// The body of an answer that was to stream and is a problem.
    private func rest(of response: HTTPClientResponse) async throws(ClientError) -> WireAnswer {
        do {
            return try await withDeadline(milliseconds: timeout) {
                let body = try await response.body.collect(upTo: bodyBytesMax)
                return WireAnswer(status: Int(response.status.code), body: Array(body.readableBytesView))
            }
        } catch {
            throw failure(error)
        }
    }

    private func url(_ request: Request) throws(ClientError) -> String { try url(target: request.target) }

    func url(target: String) throws(ClientError) -> String {
        // sun_path has 108 bytes, the last is zero (unix(7)).
        guard !path.isEmpty, path.utf8.count < 108 else {
            throw .unreachable(path: path, cause: "a socket's path has 1 to 107 bytes")
        }
        return base + target
    }

    private func headers(_ request: Request) -> HTTPHeaders {
        var headers = HTTPHeaders([("host", "localhost"), ("accept", request.accept)])
        if let behalf { headers.add(name: Self.behalfField, value: behalf) }
        if let key = request.idempotencyKey { headers.add(name: "idempotency-key", value: key) }
        if request.body != nil { headers.add(name: "content-type", value: "application/json") }
        return headers
    }

    static let behalfField = "saga-on-behalf-of"

    /// What a failure of the connection means for the request.
    func failure(_ error: any Error) -> ClientError {
        switch error {
        case let error as ClientError:
            return error
        case let error as IOError where Self.connectErrors.contains(error.errnoCode):
            return .unreachable(path: path, cause: String(cString: strerror(error.errnoCode)))
        case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode):
            // A daemon that is killed with a request unread resets the connection.
            return .interrupted(path: path, cause: Self.closed)
        case is NIOTooManyBytesError, is ResponseAccumulator.ResponseTooBigError:
            return .protocolViolation("an answer of more than \(bodyBytesMax) bytes")
        case let error as HTTPClientError where Self.unsent.contains(error):
            return .unreachable(path: path, cause: error.shortDescription)
        case let error as HTTPClientError where error == .deadlineExceeded:
            return .interrupted(path: path, cause: "it took too long")
        case let error as HTTPClientError where error == .cancelled:
            return .interrupted(path: path, cause: "cancelled")
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            return .interrupted(path: path, cause: Self.closed)
        case let error as HTTPClientError:
            return .interrupted(path: path, cause: error.shortDescription)
        case let error as HTTPParserError where error == .invalidEOFState:
            return .interrupted(path: path, cause: Self.closed)
        case is HTTPParserError:
            return .protocolViolation("the answer is no HTTP (\(error))")
        case is DeadlinePassed:
            return .interrupted(path: path, cause: "it took too long")
        case is CancellationError:
            return .interrupted(path: path, cause: "cancelled")
        default:
            return .interrupted(path: path, cause: "\(error)")
        }
    }

    /// What connect(2) gives for a path without a listener, and for one that is not for us.
    private static let connectErrors: Set<Int32> = [
        ENOENT, ECONNREFUSED, EACCES, EPERM, ENOTDIR, ENOTSOCK, EPROTOTYPE, ELOOP,
    ]

    /// Errors of the HTTP client before it has a connection.
    private static let unsent: [HTTPClientError] = [
        .connectTimeout, .getConnectionFromPoolTimeout, .invalidURL, .emptyHost, .missingSocketPath,
    ]
}

/// The time of a request is over.
private struct DeadlinePassed: Error {}

/// One deadline over connection, head and body: AsyncHTTPClient's own ends at the head.
private func withDeadline<Result: Sendable>(
    milliseconds: Int64, _ operation: @escaping @Sendable () async throws -> Result
) async throws -> Result {
    try await withThrowingTaskGroup(of: Result.self) { group in
        group.addTask(operation: operation)
        group.addTask {
            try await Task.sleep(for: .milliseconds(milliseconds))
            throw DeadlinePassed()
        }
        defer { group.cancelAll() }
        guard let result = try await group.next() else { throw DeadlinePassed() }
        return result
    }
}
