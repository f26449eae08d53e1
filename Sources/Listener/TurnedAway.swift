import NIOCore

/// Answers a connection for which there is no place: says so and why, whatever it asks, and closes it.
final class TurnedAway: ChannelInboundHandler {
    typealias InboundIn = ByteBuffer
    typealias OutboundOut = ByteBuffer

    /// How long its client may take to read it.
    static let patience = TimeAmount.seconds(1)

    private let answer: String
    private var end: Scheduled<Void>?

    init(share: Int) {
        let problem = ListenerProblem(
            code: "busy", title: "Busy",
            detail:
                "your user has \(share) connections open, which is its share of those that there may be, and each is being "
                + "answered; nothing was accepted, close some or try again in a moment"
        ).json(status: 429)
        answer =
            "HTTP/1.1 429 Too Many Requests\r\nContent-Type: application/problem+json\r\nRetry-After: 1\r\n"
            + "Content-Length: \(problem.utf8.count)\r\nConnection: close\r\n\r\n" + problem
    }

    func channelActive(context: ChannelHandlerContext) {
        context.writeAndFlush(wrapOutboundOut(ByteBuffer(string: answer)), promise: nil)
        let channel = context.channel
        end = context.eventLoop.scheduleTask(in: Self.patience) { channel.close(promise: nil) }
        context.fireChannelActive()
    }

    /// What it asks is read, as else its connection would be reset with the answer unread; and forgotten.
    func channelRead(context: ChannelHandlerContext, data: NIOAny) {}

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        if case ChannelEvent.inputClosed = event { context.close(promise: nil) }
    }

    func channelInactive(context: ChannelHandlerContext) {
        end?.cancel()
        context.fireChannelInactive()
    }
}
