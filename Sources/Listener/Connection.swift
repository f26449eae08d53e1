import HTTPTypes
import Hummingbird
import NIOCore
import NIOHTTP1

/// An accepted connection, who made it, and the task's side of its ``Conversation``.
///
/// The task runs on the connection's event loop and touches the conversation directly. A route may leave the loop, and write a body from
/// there: then each step hops.
struct Connection: Sendable {
    let channel: any Channel
    let peer: PeerCredentials?
    let conversation: NIOLoopBound<Conversation>

    typealias Answerer = @Sendable (Request, any Channel) async throws -> Response

    /// Answers one request after the other, and returns when the connection is closed. Its task is cancelled when the client has gone; one
    /// that has only finished sending is still answered.
    func serve(_ answerer: @escaping Answerer) async {
        await withTaskGroup(of: Void.self) { group in
            group.addTask { await converse(answerer) }
            group.addTask { [channel] in try? await channel.closeFuture.get() }
            await group.next()
            group.cancelAll()
        }
    }

    private func converse(_ answerer: Answerer) async {
        await withTaskCancellationHandler {
            do {
                do {
                    while let head = try await nextHead() { try await answer(head, answerer) }
                } catch is HTTPParserError {
                    try await write(
                        Response(status: .badRequest, headers: [.connection: "close", .contentLength: "0"]))
                }
                // What was written is read to its end: closed with something unread, a connection is reset.
                try await channel.close(mode: .output)
                try await channel.closeFuture.get()
            } catch {
                // A half answer ends with its connection, and nobody is there to be told.
                channel.close(promise: nil)
            }
        } onCancel: {
            channel.close(promise: nil)
        }
    }

    private func nextHead() async throws -> HTTPRequestHead? {
        guard case .head(let head)? = try await next() else { return nil }
        return head
    }

    private func answer(_ head: HTTPRequestHead, _ answerer: Answerer) async throws {
        let whole = try await onLoop { $0.takeWholeBody() }
        let body = whole.map { RequestBody(buffer: $0) } ?? RequestBody(asyncSequence: ComingBody(connection: self))
        try await write(try await answerer(Request(head: try HTTPRequest(head), body: body), channel))
        // What the route did not want of the body stands before the next request.
        while try await isInBody(), try await next() != nil {}
    }

    /// - Throws: what ended the input before its time.
    fileprivate func next() async throws -> HTTPServerRequestPart? {
        if channel.eventLoop.inEventLoop, let taken = conversation.value.takeNow() { return try taken.get() }
        return try await withCheckedThrowingContinuation { taker in tell { $0.take(taker, nil) } }
    }

    /// The same for a route, which may give up reading and answer all the same.
    fileprivate func nextUnlessCancelled() async throws -> HTTPServerRequestPart? {
        if channel.eventLoop.inEventLoop, let taken = conversation.value.takeNow() { return try taken.get() }
        let patience = Patience()
        return try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { taker in tell { $0.take(taker, patience) } }
        } onCancel: {
            patience.end()
            tell { $0.patienceEnded(patience) }
        }
    }

    fileprivate func isInBody() async throws -> Bool { try await onLoop { $0.isInBody } }

    func write(_ response: Response) async throws {
        let head = HTTPServerResponsePart.head(HTTPResponseHead(response.head))
        let length = response.body.contentLength
        var writer = AnswerWriter(connection: self, head: head, left: length ?? .max)
        // A stream may think long about its first byte.
        if length == nil { try await writer.begin() }
        try await response.body.write(writer)
        guard try await onLoop({ $0.isHandAnswered }) else { throw ChannelError.eof }
    }

    fileprivate func put(_ parts: [HTTPServerResponsePart], flushing: Bool) async throws {
        try await onLoop { try $0.write(parts, flushing: flushing) }
        guard flushing, try await onLoop({ !$0.isWritable }) else { return }
        let patience = Patience()
        try await withTaskCancellationHandler {
            try await withCheckedThrowingContinuation { writer in tell { $0.waitToWrite(writer, patience) } }
        } onCancel: {
            patience.end()
            tell { $0.patienceEnded(patience) }
        }
    }

    private func onLoop<Result: Sendable>(
        _ body: @escaping @Sendable (Conversation) throws -> Result
    ) async throws -> Result {
        let loop = channel.eventLoop
        if loop.inEventLoop { return try body(conversation.value) }
        return try await loop.submit { [conversation] in try body(conversation.value) }.get()
    }

    private func tell(_ body: @escaping @Sendable (Conversation) -> Void) {
        let loop = channel.eventLoop
        if loop.inEventLoop { return body(conversation.value) }
        loop.execute { [conversation] in body(conversation.value) }
    }
}

/// A body that had not come whole with its head: its parts as they come.
private struct ComingBody: AsyncSequence, Sendable {
    let connection: Connection

    func makeAsyncIterator() -> Iterator { Iterator(connection: connection) }

    struct Iterator: AsyncIteratorProtocol {
        let connection: Connection

        func next() async throws -> ByteBuffer? {
            guard try await connection.isInBody() else { return nil }
            switch try await connection.nextUnlessCancelled() {
            case .body(let buffer)?: return buffer
            case .end?: return nil
            case .head?, nil: throw ChannelError.inputClosed
            }
        }
    }
}

/// Writes an answer whose length is known with one flush, and a stream as it comes.
private struct AnswerWriter: ResponseBodyWriter {
    let connection: Connection
    /// Until it is written.
    var head: HTTPServerResponsePart?
    /// Bytes of the body that are not written yet.
    var left: Int

    mutating func begin() async throws {
        guard let head else { return }
        self.head = nil
        try await connection.put([head], flushing: true)
    }

    mutating func write(_ buffer: ByteBuffer) async throws {
        let body = HTTPServerResponsePart.body(.byteBuffer(buffer))
        let parts = head.map { [$0, body] } ?? [body]
        head = nil
        if left != .max { left -= buffer.readableBytes }
        try await connection.put(parts, flushing: left > 0)
    }

    consuming func finish(_ trailers: HTTPFields?) async throws {
        let end = HTTPServerResponsePart.end(trailers.map { HTTPHeaders($0) })
        try await connection.put(head.map { [$0, end] } ?? [end], flushing: true)
    }
}
