import NIOCore
import NIOHTTP1

/// One call on its way: a request, whether it has left, and who waits for its end. Lives on the event loop of its connections.
///
///     opening --opened--> underWay --answer, error, deadline, cancellation--> (gone)
///     underWay --the kept connection was closed before the head had left--> opening
///     opening --error, deadline, cancellation--> (gone)
final class HTTPExchange {
    struct Request: Sendable {
        var method: HTTPMethod
        /// Path and query.
        var target: String
        var headers: HTTPHeaders
        /// `nil`: none; its length is told in the headers by the client.
        var body: ByteBuffer?
    }

    struct Answered: Sendable {
        var status: HTTPResponseStatus
        var headers: HTTPHeaders
        var body: ByteBuffer?
    }

    enum Ending: Sendable {
        case answered(Answered)
        /// - Parameters:
        ///   - isHeadSent: whether the whole head of the request was given to the kernel. If not, the participant cannot have acted; if it
        ///     was, what follows it may have arrived too.
        ///   - coding: of the body that was being read, when it is one that is taken off.
        case failed(any Error, isHeadSent: Bool, coding: String?)
    }

    enum Stage {
        case opening(Opening)
        case underWay(KeptConnection)
    }

    /// The answer's body is longer than ``bodyBytesMax``.
    struct BodyTooLong: Error, CustomStringConvertible {
        var description: String { "the body of the answer is longer than \(HTTPExchange.bodyBytesMax) bytes" }
    }

    /// 1 MiB: a result is kept in the history, and what is longer belongs behind a link.
    static let bodyBytesMax = 1 << 20

    /// What is taken off an answer's body, where it is the first in `Content-Encoding`.
    static let codings = ["gzip", "deflate"]

    let number: Int64
    let request: Request
    /// `nil` before it was first sent.
    var stage: Stage?
    private let waiting: CheckedContinuation<Ending, Never>

    init(number: Int64, request: Request, waiting: CheckedContinuation<Ending, Never>) {
        self.number = number
        self.request = request
        self.waiting = waiting
    }

    /// Once.
    func end(_ ending: Ending) { waiting.resume(returning: ending) }
}
