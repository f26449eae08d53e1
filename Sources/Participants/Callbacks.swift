public import SagaCore

/// Where participants bring answers that come later: `Saga-Callback: {url}/callbacks/{token}` goes with each call.
public struct Callbacks: Sendable {
    /// Of the gateway, as participants reach it: without a slash at its end.
    public var url: String
    /// The token of a call, which is the right to answer it.
    public var token: @Sendable (SagaID, CallName) -> String

    /// Callbacks to a gateway.
    public init(url: String, token: @escaping @Sendable (SagaID, CallName) -> String) {
        self.url = url
        self.token = token
    }

    /// The longest URL, in bytes.
    public static let urlBytesMax = 1_024
}

/// An answer that a participant has brought by itself, as it came.
public struct BroughtAnswer: Sendable {
    /// Names and values, in their order.
    public var headers: [(name: String, value: String)]
    /// As it came.
    public var body: [UInt8]

    /// An answer that nobody has read yet.
    public init(headers: [(name: String, value: String)], body: [UInt8]) {
        self.headers = headers
        self.body = body
    }
}
