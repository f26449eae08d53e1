import NIOCore
import NIOHTTP1

/// Ends the connection after the answer to a request that asks for it: HTTP/1.0 without keep-alive, or `Connection: close` in
/// any case (RFC 9112, section 9.3). An answer to HTTP/1.0 is not chunked, as such a client cannot read that (section 6.1).
///
/// Sits between the codec of the bytes and what makes requests of their parts, which forgets the version.
final class Persistence: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias InboundOut = HTTPServerRequestPart
    typealias OutboundIn = HTTPServerResponsePart
    typealias OutboundOut = HTTPServerResponsePart

    private struct Wish {
        var ends: Bool
        var version: HTTPVersion
    }

    /// Of the requests that were read and not answered, in order: a client may send many at once.
    private var wishes: [Wish] = []

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        if case .head(let head) = unwrapInboundIn(data) {
            wishes.append(Wish(ends: !head.isKeepAlive, version: head.version))
        }
        context.fireChannelRead(data)
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // An answer without a request is the one to bytes that were none.
        guard let wish = wishes.first else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            if wish.ends { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            if wish.version == .http1_0 { head.version = .http1_0 }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            wishes.removeFirst()
            guard wish.ends else { return context.write(data, promise: promise) }
            context.writeAndFlush(data, promise: promise)
            context.close(promise: nil)
        default:
            context.write(data, promise: promise)
        }
    }
}
