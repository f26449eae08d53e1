import NIOCore
import NIOHTTP1

/// Puts words into the answer to bytes that are no request.
///
/// What reads requests answers those with an empty 400 and ends the connection, after the answers to the requests before; why, it has not
/// been told. Sits next to the codec of the bytes, so that it sees the error first and the answer last.
final class Malformation: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private let limits: HTTPListenerConfiguration
    private var error: HTTPParserError?

    init(limits: HTTPListenerConfiguration) {
        self.limits = limits
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        if self.error == nil { self.error = error as? HTTPParserError }
        context.fireErrorCaught(error)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // Once there was such an error; no route answers a 400 without a word.
        guard let error, case .head(var head) = unwrapOutboundIn(data), head.status == .badRequest,
            head.headers.first(name: "Content-Length") == "0"
        else { return context.write(data, promise: promise) }
        self.error = nil
        let problem = ListenerProblem(code: "malformed-request", title: "Malformed request", detail: words(error))
        let body = ByteBuffer(string: problem.json(status: 400))
        head.headers.replaceOrAdd(name: "Content-Length", value: "\(body.readableBytes)")
        head.headers.add(name: "Content-Type", value: "application/problem+json")
        context.write(wrapOutboundOut(.head(head)), promise: promise)
        context.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil)
    }

    private func words(_ error: HTTPParserError) -> String {
        switch error {
        case .invalidURL, .invalidHost, .invalidPath, .invalidQueryString, .invalidFragment, .invalidPort:
            "the target of the request has a byte that may not stand there: what is not ASCII, and spaces, must be "
                + "percent-encoded, as %EC%A0%95 for the UTF-8 of one Korean letter"
        case .headerOverflow:
            "the request line or a header field is too long, or all are together, or they are too many: they may have "
                + "\(limits.headerBytesMax) bytes and \(limits.headerFieldsMax) fields"
        case .invalidContentLength, .unexpectedContentLength, .invalidChunkSize, .unknown:
            "where the body ends is in doubt: it takes one Content-Length, or Transfer-Encoding: chunked and whole chunks"
        case .invalidMethod, .invalidVersion, .invalidConstant:
            "this is no request of HTTP/1.1 or 1.0, which is what is spoken here"
        case .invalidHeaderToken:
            "a header field is malformed: its name must be followed by a colon at once"
        default: "this is no well-formed request of HTTP/1.1"
        }
    }
}
