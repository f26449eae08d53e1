import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// Whether a client waits to be told before it sends its body: `Expect: 100-continue` (RFC 9110, section 10.1.1).
///
///     none
///     open --bodyWanted--> told      the route reads the body: 100
///     open --partCame----> none      it did not wait, or there is no body
///
/// A route that answers while it is open has not wanted the body: its answer is the last on the connection.
enum Expectation: Equatable {
    /// The client waits for nothing.
    case none
    /// It waits, and nothing has come of its body.
    case open
    /// It was told to go on.
    case told

    /// A client of HTTP/1.0 waits for nothing: the field means nothing there.
    init(_ head: HTTPRequestHead) {
        self = head.version != .http1_0 && head.headers.contains(name: "Expect") ? .open : .none
    }

    var isOpen: Bool { self == .open }

    /// - Returns: whether the client is to be told to go on.
    mutating func bodyWanted() -> Bool {
        guard self == .open else { return false }
        self = .told
        return true
    }

    mutating func partCame() {
        if self == .open { self = .none }
    }
}

/// Goes down the channel when a route reads the body of the request at hand.
struct BodyWanted: Sendable {}

/// `Expect` with something else than `100-continue`: answered with 417 before a route is asked.
struct UnknownExpectation: Error {
    let problem = ListenerProblem(
        code: "unknown-expectation", title: "Unknown expectation",
        detail: "the Expect field of the request has something else than 100-continue, which is all that is met here")
}

extension Request {
    /// The request, whose body tells the client to send it when it is read.
    /// - Throws: ``UnknownExpectation``.
    func expecting(on channel: any Channel) throws -> Request {
        guard let field = headers[.expect] else { return self }
        let expectations = field.split(separator: ",").map { $0.filter { $0 != " " && $0 != "\t" }.lowercased() }
        guard expectations.allSatisfy({ $0.isEmpty || $0 == "100-continue" }) else { throw UnknownExpectation() }
        var request = self
        request.body = RequestBody(asyncSequence: WantedBody(body: body, channel: channel))
        return request
    }
}

/// A body that says when it is read first.
private struct WantedBody: AsyncSequence, Sendable {
    let body: RequestBody
    let channel: any Channel

    func makeAsyncIterator() -> Iterator {
        Iterator(body: body.makeAsyncIterator(), channel: channel)
    }

    struct Iterator: AsyncIteratorProtocol {
        var body: RequestBody.AsyncIterator
        let channel: any Channel
        var isWanted = false

        mutating func next() async throws -> ByteBuffer? {
            if !isWanted {
                isWanted = true
                channel.triggerUserOutboundEvent(BodyWanted(), promise: nil)
            }
            return try await body.next()
        }
    }
}
