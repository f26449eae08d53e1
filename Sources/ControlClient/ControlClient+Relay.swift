import AsyncHTTPClient
import ControlAPI
public import NIOCore
import NIOHTTP1

/// A request of somebody else, to be handed on as it is.
public struct RelayedRequest: Sendable {
    /// `GET`, `HEAD`, `POST` …
    public var method: String
    /// Path and query as they were sent.
    public var target: String
    /// Fields for the daemon; the caller has chosen which.
    public var fields: [(name: String, value: String)]
    /// All of it; `nil` for none.
    public var body: [UInt8]?

    /// A request for a path of the control socket.
    public init(method: String, target: String, fields: [(name: String, value: String)] = [], body: [UInt8]? = nil) {
        self.method = method
        self.target = target
        self.fields = fields
        self.body = body
    }
}

/// The daemon's answer to it, a problem too.
public struct RelayedAnswer: Sendable {
    /// The HTTP status.
    public var status: Int
    /// All fields of the answer.
    public var fields: [(name: String, value: String)]
    /// As it comes; of a stream it may never end.
    public var body: Body

    /// One iteration.
    public struct Body: AsyncSequence, Sendable {
        let body: HTTPClientResponse.Body
        let exchange: ControlExchange

        /// The one iterator: the answer can be read once.
        public func makeAsyncIterator() -> Iterator {
            Iterator(body: body.makeAsyncIterator(), exchange: exchange)
        }

        /// Reads what has come.
        public struct Iterator: AsyncIteratorProtocol {
            var body: HTTPClientResponse.Body.AsyncIterator
            let exchange: ControlExchange

            /// The next bytes, `nil` at the end.
            ///
            /// - Throws: ``ClientError``.
            public mutating func next() async throws -> ByteBuffer? {
                do {
                    return try await body.next()
                } catch {
                    throw exchange.failure(error)
                }
            }
        }
    }
}

extension ControlClient {
    /// The same client, whose requests say for whom they are (`Saga-On-Behalf-Of`); it shares the connections, and is not shut down.
    public func speaking(for name: String) -> ControlClient {
        var exchange = exchange
        exchange.behalf = name
        return ControlClient(exchange)
    }

    /// Sends somebody's request once and gives the answer as it is, its body as it comes.
    /// - Parameter headWithin: milliseconds for the head of the answer.
    public func relay(_ request: RelayedRequest, headWithin: Int64) async throws(ClientError) -> RelayedAnswer {
        let response = try await exchange.relayed(request, headWithin: headWithin)
        return RelayedAnswer(
            status: Int(response.status.code), fields: response.headers.map { (name: $0.name, value: $0.value) },
            body: .init(body: response.body, exchange: exchange))
    }
}

extension ControlExchange {
    fileprivate func relayed(
        _ request: RelayedRequest, headWithin: Int64
    ) async throws(ClientError) -> HTTPClientResponse {
        var message = HTTPClientRequest(url: try url(target: request.target))
        message.method = HTTPMethod(rawValue: request.method)
        message.headers = HTTPHeaders([("host", "localhost")])
        for field in request.fields { message.headers.add(name: field.name, value: field.value) }
        if let behalf { message.headers.add(name: Self.behalfField, value: behalf) }
        message.body = request.body.map { .bytes(ByteBuffer(bytes: $0)) }
        do {
            return try await client.execute(message, deadline: .now() + .milliseconds(headWithin))
        } catch {
            throw failure(error)
        }
    }
}
