import AsyncHTTPClient
import NIOCore
import NIOHTTP1
import Synchronization

/// One request and its answer: gathers the answer up to a limit and knows whether the request has left.
///
/// AsyncHTTPClient calls it on its event loop. The client of a participant has one loop for its connections and its tasks (see
/// ``Participant``), so `didSendRequestHead` comes in the same breath as the write of the head. Without it, no complete head has
/// been given to the kernel and none will be once the task has failed: the participant cannot have acted.
final class Exchange: HTTPClientResponseDelegate {
    struct Answer: Sendable {
        var status: HTTPResponseStatus
        var headers: HTTPHeaders
        var body: ByteBuffer?
    }

    /// The answer's body is longer than ``bodyBytesMax``.
    struct BodyTooLong: Error, CustomStringConvertible {
        var description: String { "the body of the answer is longer than \(Exchange.bodyBytesMax) bytes" }
    }

    private struct Progress {
        var isHeadSent = false
        var head: HTTPResponseHead?
        var body: ByteBuffer?
    }

    /// 1 MiB: a result is kept in the history, and what is longer belongs behind a link.
    static let bodyBytesMax = 1 << 20

    /// What AsyncHTTPClient takes off by itself, where it is the first in `Content-Encoding`.
    static let codings = ["gzip", "deflate"]

    private let progress = Mutex(Progress())

    /// The answer that an error is no end of, as it has no body: its head was enough. An empty body that is said to be in gzip is
    /// one of them, which is no gzip.
    var bodilessAnswer: Answer? {
        progress.withLock { progress in
            guard let head = progress.head, progress.body == nil,
                head.status.code == 204 || head.headers.first(name: "Content-Length") == "0"
            else { return nil }
            return Answer(status: head.status, headers: head.headers, body: nil)
        }
    }

    /// The coding of the answer's body, of those that are taken off.
    var coding: String? {
        let first = progress.withLock { $0.head?.headers[canonicalForm: "Content-Encoding"].first?.lowercased() }
        return first.flatMap { Self.codings.contains($0) ? $0 : nil }
    }

    /// Whether the head of the request was written; what follows it may have arrived.
    var isHeadSent: Bool { progress.withLock { $0.isHeadSent } }

    func didSendRequestHead(task: HTTPClient.Task<Answer>, _ head: HTTPRequestHead) {
        progress.withLock { $0.isHeadSent = true }
    }

    func didReceiveHead(task: HTTPClient.Task<Answer>, _ head: HTTPResponseHead) -> EventLoopFuture<Void> {
        if let length = head.headers.first(name: "Content-Length").flatMap(Int.init), length > Self.bodyBytesMax {
            return task.eventLoop.makeFailedFuture(BodyTooLong())
        }
        progress.withLock { $0.head = head }
        return task.eventLoop.makeSucceededVoidFuture()
    }

    func didReceiveBodyPart(task: HTTPClient.Task<Answer>, _ part: ByteBuffer) -> EventLoopFuture<Void> {
        let fits = progress.withLock { progress in
            guard (progress.body?.readableBytes ?? 0) + part.readableBytes <= Self.bodyBytesMax else { return false }
            if progress.body == nil {
                progress.body = part
            } else {
                progress.body?.writeImmutableBuffer(part)
            }
            return true
        }
        return fits ? task.eventLoop.makeSucceededVoidFuture() : task.eventLoop.makeFailedFuture(BodyTooLong())
    }

    func didFinishRequest(task: HTTPClient.Task<Answer>) throws -> Answer {
        try progress.withLock { progress in
            guard let head = progress.head else { throw HTTPClientError.remoteConnectionClosed }
            return Answer(status: head.status, headers: head.headers, body: progress.body)
        }
    }
}
