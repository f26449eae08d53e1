import ControlAPI

/// One request, ready to be sent.
struct Request: Sendable {
    var method: Method
    /// Path and query, percent-encoded.
    private(set) var target: String
    var body: [UInt8]?
    /// Deduplicates what the request does.
    var idempotencyKey: String?
    /// The kinds of answer that are understood.
    var accept = "application/json"
    /// How long the daemon may take on purpose (a long poll), in milliseconds.
    var waits: Int64 = 0
    /// Whether sending it twice does no more than sending it once.
    var repeats: Bool
    private var hasQuery = false

    enum Method: String, Sendable {
        case get = "GET"
        case post = "POST"
        case put = "PUT"
        case delete = "DELETE"
    }

    /// - Parameter path: as ``Route/path(_:)`` gives it.
    init(_ method: Method, _ path: String, body: [UInt8]? = nil) {
        self.method = method
        repeats = method == .get || method == .put
        target = path
        self.body = body
    }

    /// Adds `name=value` to the query; nothing for `nil`.
    mutating func query(_ name: String, _ value: String?) {
        guard let value else { return }
        flag(Route.encoded(name) + "=" + Route.encoded(value))
    }

    /// Adds a word without a value to the query.
    mutating func flag(_ name: String) {
        target += (hasQuery ? "&" : "?") + name
        hasQuery = true
    }

    /// Lets the daemon wait for the saga.
    mutating func wait(_ wait: Wait?) {
        guard let wait else { return }
        query("wait", wait.goal)
        query("timeout", "\(wait.milliseconds)ms")
        waits = wait.milliseconds
    }
}

/// A whole answer.
struct WireAnswer: Sendable {
    var status: Int
    var body: [UInt8]
    /// It has a `Retry-After`: nothing was accepted, or a wait was cut short as the daemon goes down.
    var asksToComeAgain = false

    var isStopping: Bool {
        guard status == 503, case .problem(let problem) = ClientError.refusal(self) else { return false }
        return problem.code == "stopping"
    }
}
