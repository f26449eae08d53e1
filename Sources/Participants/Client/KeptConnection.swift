import Glibc
import NIOCore
import NIOHTTP1
import NIOPosix
import NIOSSL
import NIOTLS

/// A connection that carries one call after the other.
///
///     opening --opened--> unused --send--> busy --answer--> unused
///     any --error, end, abandon, close--> closed
final class KeptConnection: ChannelInboundHandler {
    typealias InboundIn = HTTPClientResponsePart
    typealias OutboundOut = HTTPClientRequestPart

    private enum State {
        /// - Parameter handshake: what waits for it; `nil` until the connection stands.
        case opening(handshake: Opening?)
        case unused
        case busy(HTTPExchange, AnswerReading)
        case closed

        var isOpen: Bool { if case .closed = self { false } else { true } }
    }

    /// How far the request at hand has been given to the kernel.
    private enum Sent {
        case nothing
        case head
        case whole
    }

    let channel: any Channel
    private let isSecure: Bool
    private var context: ChannelHandlerContext?
    /// Until it is closed.
    private var pool: ConnectionPool?
    private var state = State.opening(handshake: nil)
    private var sent = Sent.nothing
    private var calls = 0

    init(_ channel: any Channel, isSecure: Bool) {
        self.channel = channel
        self.isSecure = isSecure
    }

    /// The connection stands; with TLS the handshake is still to come.
    func handshakeAwaited(by opening: Opening) { state = .opening(handshake: opening) }

    func opened(for pool: ConnectionPool) {
        self.pool = pool
        state = .unused
    }

    /// Whether the other end has not closed it, nor sent what nobody asked for: also where the event loop has not read that yet.
    var isUsable: Bool {
        guard case .unused = state, channel.isActive else { return false }
        let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            descriptor in
            var byte: UInt8 = 0
            let count = recv(descriptor, &byte, 1, Int32(MSG_PEEK | MSG_DONTWAIT))
            // Over TLS it may be a message of TLS: then another connection costs little, and this one may be at its end.
            return count < 0 && (errno == EAGAIN || errno == EINTR)
        }
        return found.flatMap { $0 } ?? true
    }

    func send(_ exchange: HTTPExchange) {
        calls += 1
        sent = .nothing
        state = .busy(exchange, AnswerReading())
        let request = exchange.request
        let head = HTTPRequestHead(
            version: .http1_1, method: request.method, uri: request.target, headers: request.headers)
        write(.head(head), then: .head)
        // Over TLS what is flushed at once is one message, of which the head may arrive while the rest fails: alone it is known of.
        if isSecure { context?.flush() }
        if let body = request.body { context?.write(wrapOutboundOut(.body(.byteBuffer(body))), promise: nil) }
        write(.end(nil), then: .whole)
        context?.flush()
    }

    /// Closes it under its call.
    /// - Returns: whether the head of the request has left; it will not any more.
    func abandon() -> Bool {
        state = .closed
        closeNow()
        return sent != .nothing
    }

    /// Closes it in order: with TLS the other end is told.
    func close() {
        guard state.isOpen else { return }
        state = .closed
        pool = nil
        channel.close(promise: nil)
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) { self.context = nil }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        switch state {
        case .busy(let exchange, var reading):
            // Not held twice: a body grows in its place.
            state = .closed
            let step = reading.came(part)
            state = .busy(exchange, reading)
            switch step {
            case .unfinished: break
            case .tooLong: broke(HTTPExchange.BodyTooLong())
            case .whole(let answer, let keepsAlive):
                state = .unused
                pool?.answerCame(answer, to: exchange, on: self, isReusable: keepsAlive && sent == .whole)
            }
        case .unused: broke(CallClient.Failure.closed)
        case .opening, .closed: break
        }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case .opening(let opening?) = state, case TLSUserEvent.handshakeCompleted? = event as? TLSUserEvent {
            opening.handshakeEnded(on: self)
        }
        context.fireUserInboundEventTriggered(event)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) { broke(error) }

    func channelInactive(context: ChannelHandlerContext) {
        broke(CallClient.Failure.closed)
        context.fireChannelInactive()
    }

    private func broke(_ error: any Error) {
        switch state {
        // Whether a connection stands is told by what opens it.
        case .opening(nil), .closed: break
        case .opening(let opening?): opening.failed(error)
        case .unused:
            // It stands among the unused ones until it would be taken or closed.
            state = .closed
            closeNow()
            pool = nil
        case .busy(let exchange, let reading):
            state = .closed
            closeNow()
            let pool = self.pool
            self.pool = nil
            if let answer = reading.bodilessAnswer {
                pool?.answerCame(answer, to: exchange, on: self, isReusable: false)
            } else {
                pool?.connectionBroke(
                    under: exchange, .failed(error, isHeadSent: sent != .nothing, coding: reading.coding),
                    wasKept: calls > 1)
            }
        }
    }

    /// Past TLS, which would first send what waits: what has not left until now must not leave.
    private func closeNow() {
        let secure = try? channel.pipeline.syncOperations.context(handlerType: NIOSSLClientHandler.self)
        if let secure { secure.close(promise: nil) } else { channel.close(promise: nil) }
    }

    private func write(_ part: HTTPClientRequestPart, then reached: Sent) {
        guard let context else { return broke(CallClient.Failure.closed) }
        let written = context.eventLoop.makePromise(of: Void.self)
        written.futureResult.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success: sent = reached
            case .failure(let error): broke(error)
            }
        }
        context.write(wrapOutboundOut(part), promise: written)
    }
}
