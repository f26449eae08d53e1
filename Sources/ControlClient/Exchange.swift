import AsyncHTTPClient
import Foundation
import NIOCore
import NIOHTTP1

/// The bytes on the wire: requests out, answers in, every failure as a ``ClientError``.
struct Exchange: Sendable {
    let client: HTTPClient
    let path: String
    let bodyBytesMax: Int
    /// Of a request that does not wait on purpose, in milliseconds.
    let timeout: Int64

    /// Sends a request and reads its whole answer.
    func send(_ request: Request) async throws(ClientError) -> Answer {
        let message = try message(request)
        let milliseconds = request.waits + timeout
        do {
            return try await withDeadline(milliseconds: milliseconds) {
                let response = try await client.execute(message, deadline: .now() + .milliseconds(milliseconds + 1_000))
                let body = try await response.body.collect(upTo: bodyBytesMax)
                return Answer(status: Int(response.status.code), body: Array(body.readableBytesView))
            }
        } catch {
            throw failure(error)
        }
    }

    /// Sends a request whose answer streams; its head must come within the timeout, its body may take for ever.
    func open(_ request: Request) async throws(ClientError) -> HTTPClientResponse.Body {
        let message = try message(request)
        let response: HTTPClientResponse
        do {
            response = try await client.execute(message, deadline: .now() + .milliseconds(timeout))
        } catch {
            throw failure(error)
        }
        guard (200..<300).contains(response.status.code) else { throw .refusal(try await rest(of: response)) }
        return response.body
    }

    /// The body of an answer that was to stream and is a problem.
    private func rest(of response: HTTPClientResponse) async throws(ClientError) -> Answer {
        do {
            return try await withDeadline(milliseconds: timeout) {
                let body = try await response.body.collect(upTo: bodyBytesMax)
                return Answer(status: Int(response.status.code), body: Array(body.readableBytesView))
            }
        } catch {
            throw failure(error)
        }
    }

    private func message(_ request: Request) throws(ClientError) -> HTTPClientRequest {
        // sun_path has 108 bytes, the last is zero (unix(7)).
        guard !path.isEmpty, path.utf8.count < 108, let url = URL(httpURLWithSocketPath: path, uri: request.target)
        else {
            throw .unreachable(path: path, cause: "a socket's path has 1 to 107 bytes")
        }
        var message = HTTPClientRequest(url: url.absoluteString)
        message.method = HTTPMethod(rawValue: request.method.rawValue)
        message.headers.add(name: "host", value: "localhost")
        message.headers.add(name: "accept", value: "application/json")
        if let key = request.idempotencyKey { message.headers.add(name: "idempotency-key", value: key) }
        if let body = request.body {
            message.headers.add(name: "content-type", value: "application/json")
            message.body = .bytes(ByteBuffer(bytes: body))
        }
        return message
    }

    /// What a failure of the connection means for the request.
    func failure(_ error: any Error) -> ClientError {
        switch error {
        case let error as ClientError:
            return error
        case let error as IOError where Self.connectErrors.contains(error.errnoCode):
            return .unreachable(path: path, cause: String(cString: strerror(error.errnoCode)))
        case let error as IOError where [ECONNRESET, EPIPE].contains(error.errnoCode):
            // A daemon that is killed with a request unread resets the connection.
            return .interrupted(path: path, cause: "it closed the connection")
        case is NIOTooManyBytesError:
            return .protocolViolation("an answer of more than \(bodyBytesMax) bytes")
        case let error as HTTPClientError where Self.unsent.contains(error):
            return .unreachable(path: path, cause: error.shortDescription)
        case let error as HTTPClientError where error == .remoteConnectionClosed:
            return .interrupted(path: path, cause: "it closed the connection")
        case let error as HTTPClientError:
            return .interrupted(path: path, cause: error.shortDescription)
        case let error as HTTPParserError where error == .invalidEOFState:
            return .interrupted(path: path, cause: "it closed the connection")
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
