public import CEL
public import Hummingbird

/// What a participant answers: the status and the bytes, kept under the key so that the same key always gets the same.
public struct KeptAnswer: Sendable, Equatable {
    /// The HTTP status.
    public let status: Int
    /// JSON.
    public let body: [UInt8]

    /// An answer with `body` as JSON.
    public init(status: Int, _ body: Value) {
        self.status = status
        self.body = JSON.bytes(body)
    }

    init(status: Int, bytes: [UInt8]) {
        self.status = status
        self.body = bytes
    }

    /// The call took effect: 2xx.
    public var succeeded: Bool { (200...299).contains(status) }

    /// What it says about the key that it is kept under: what is kept is definite.
    public var outcome: SagaOutcome { succeeded ? .succeeded : .refused }

    /// The body as a value; null when it is not JSON, which cannot come from this store.
    public var value: Value { (try? JSON.parse(body)) ?? .null }

    /// As HTTP: `application/json`, or `application/problem+json` from 400 on.
    ///
    /// - Parameter outcome: what it says about the key of a call; `nil` for what answers no call.
    public func response(saying outcome: SagaOutcome? = nil) -> Response {
        var response = Response(
            // Of a row that another program wrote it may be no status at all.
            status: HTTPResponse.Status(code: (100...599).contains(status) ? status : 500),
            headers: [.contentType: status >= 400 ? "application/problem+json" : "application/json"],
            body: ResponseBody(byteBuffer: ByteBuffer(bytes: body)))
        response.headers.set(outcome)
        return response
    }
}
