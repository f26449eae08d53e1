import Glibc
import NIOCore
import NIOExtras
import NIOHTTP1

/// Goes up the channel with the last answer: no request after it is to be begun, as nobody would hear of it.
struct LastAnswerWritten {}

/// Whether a connection outlives the answer at hand (RFC 9112, section 9).
///
/// It ends after the answer to a request that asks for it: HTTP/1.0 without keep-alive, or `Connection: close` in any case (section
/// 9.3). An answer to HTTP/1.0 is not chunked, as such a client cannot read that (section 6.1). And when the server goes down it ends
/// so that no request is lost: what was read is answered, the last answer says `Connection: close`; an idle connection is kept for a
/// while, as its client may be about to write, and is then closed to requests before it is closed, so that each is either read and
/// answered or was never taken (see ``refuseInput(_:)``).
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
        var isHead: Bool
        var expectation: Expectation
    }

    private enum Draining {
        case no
        /// Requests that still come are answered, each as the last one.
        case lingering(Scheduled<Void>?)
        /// None can come any more but what the kernel has already.
        case refusing
    }

    /// Of the requests that were read and not answered, in order: a client may send many at once.
    private var wishes: [Wish] = []
    private var draining = Draining.no
    private let linger: TimeAmount
    private var opened: (() -> Void)?

    /// - Parameters:
    ///   - linger: how long an idle connection is kept when the server goes down.
    ///   - opened: called once, when the connection may be used, or is gone before it might.
    init(linger: TimeAmount, opened: @escaping () -> Void) {
        self.linger = linger
        self.opened = opened
    }

    private var isDraining: Bool {
        if case .no = draining { false } else { true }
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        switch unwrapInboundIn(data) {
        case .head(let head):
            wishes.append(
                Wish(
                    ends: !head.isKeepAlive, version: head.version, isHead: head.method == .HEAD,
                    expectation: Expectation(head)))
        case .body, .end:
            // Of the request that was read last: of none, when that was answered before its body came.
            if !wishes.isEmpty { wishes[wishes.count - 1].expectation.partCame() }
        }
        context.fireChannelRead(data)
    }

    func triggerUserOutboundEvent(context: ChannelHandlerContext, event: Any, promise: EventLoopPromise<Void>?) {
        guard event is BodyWanted else { return context.triggerUserOutboundEvent(event, promise: promise) }
        // Requests are answered one by one, so it is the first that is being answered.
        if !wishes.isEmpty, wishes[0].expectation.bodyWanted() {
            let head = HTTPResponseHead(version: .http1_1, status: .continue)
            context.writeAndFlush(wrapOutboundOut(.head(head)), promise: nil)
        }
        promise?.succeed(())
    }

    func write(context: ChannelHandlerContext, data: NIOAny, promise: EventLoopPromise<Void>?) {
        // An answer without a request is the one to bytes that were none.
        guard var wish = wishes.first else { return context.write(data, promise: promise) }
        switch unwrapOutboundIn(data) {
        case .head(var head) where head.status.code >= 200:
            // Of requests that came at once, the last answer says that there is none after it.
            if isDraining, wishes.count == 1 { wish.ends = true }
            // Whether the body comes all the same is the client's choice, and where the next request begins would be a guess.
            if wish.expectation.isOpen { wish.ends = true }
            // Passed on as it is, it need not be wrapped again.
            guard wish.ends || wish.version == .http1_0 else { return context.write(data, promise: promise) }
            wishes[0] = wish
            if wish.ends { head.headers.replaceOrAdd(name: "Connection", value: "close") }
            if wish.version == .http1_0 { head.version = .http1_0 }
            context.write(wrapOutboundOut(.head(head)), promise: promise)
        case .end:
            wishes.removeFirst()
            guard wish.ends else {
                // The encoder, which does not know of HEAD, would end the chunks of a body that there is none of.
                if wish.isHead { promise?.succeed(()) } else { context.write(data, promise: promise) }
                // Its head was written before the server went down: what comes next is told.
                if isDraining, wishes.isEmpty { lingerOn(context) }
                return
            }
            // Behind all that is to be sent yet: a client may read slower than it is answered.
            if wish.isHead { promise?.succeed(()) } else { context.write(data, promise: promise) }
            context.flush()
            closeWhenSent(context)
        default:
            context.write(data, promise: promise)
        }
    }

    /// Output first, which NIO closes when it is written; closing the whole would drop what waits.
    private func closeWhenSent(_ context: ChannelHandlerContext) {
        let bound = NIOLoopBound(context, eventLoop: context.eventLoop)
        let sent = context.eventLoop.makePromise(of: Void.self)
        sent.futureResult.whenComplete { _ in bound.value.close(promise: nil) }
        context.close(mode: .output, promise: sent)
        context.fireUserInboundEventTriggered(LastAnswerWritten())
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case is ChannelShouldQuiesceEvent:
            // Not passed on: what stands behind would close the connection under a request that is on its way.
            guard !isDraining else { return }
            draining = .lingering(nil)
            if wishes.isEmpty { lingerOn(context) }
        case ChannelEvent.inputClosed:
            context.fireUserInboundEventTriggered(event)
            if isDraining, wishes.isEmpty { context.close(promise: nil) }
        default:
            context.fireUserInboundEventTriggered(event)
        }
    }

    func channelActive(context: ChannelHandlerContext) {
        open()
        context.fireChannelActive()
    }

    private func open() {
        opened?()
        opened = nil
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        open()
        if case .lingering(let end) = draining { end?.cancel() }
    }

    private func lingerOn(_ context: ChannelHandlerContext) {
        guard case .lingering(nil) = draining else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        let end = context.eventLoop.scheduleTask(in: linger) {
            let (handler, context) = bound.value
            handler.refuseInput(context)
        }
        draining = .lingering(end)
    }

    /// Lets no request come any more, and then looks what came before.
    ///
    /// Closing at once would reset a client that has just written. After SHUT_RD the kernel refuses the client's next write (EPIPE over a
    /// Unix socket: unix(7)) before a byte of it is taken, and what it had taken before is still read here, then the end: so a request
    /// is answered or was never taken, and nothing lies between.
    private func refuseInput(_ context: ChannelHandlerContext) {
        guard wishes.isEmpty, context.channel.isActive else { return }
        draining = .refusing
        let outcome = try? context.pipeline.syncOperations.withUnsafeTransportIfAvailable(
            of: NIOBSDSocket.Handle.self
        ) { descriptor in shutdown(descriptor, Int32(SHUT_RD)) }
        if outcome != 0 { context.close(promise: nil) }
    }
}
