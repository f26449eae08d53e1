import Glibc
import NIOCore

/// Why no connection is accepted for a while; those that come wait in the kernel's queue.
public enum AcceptPause: Sendable, Hashable, CustomStringConvertible {
    /// The process, or the whole machine, may open no more files.
    case noDescriptors
    /// As many connections are open as there may be.
    case tooManyConnections(max: Int)

    /// What, and what to do.
    public var description: String {
        switch self {
        case .noDescriptors:
            "no file descriptors are left, so nobody can connect; connections that are not used should be closed, or the limit "
                + "raised (LimitNOFILE= of the unit)"
        case .tooManyConnections(let max):
            "\(max) connections are open, as many as there may be beside what the store and calls need, so nobody else can "
                + "connect; those that are not used should be closed, or the limit raised (LimitNOFILE= of the unit)"
        }
    }
}

/// Lets the server's channel accept, or keeps it from it: after an error that lies with this process, and while too many are open.
///
/// NIO alone asks the kernel again at once, which says the same at once: a loop that does nothing else, and its connections wait for it.
final class AcceptGate: ChannelDuplexHandler {
    typealias InboundIn = any Channel
    typealias InboundOut = any Channel
    typealias OutboundIn = Never
    typealias OutboundOut = Never

    /// Long enough to cost nothing, short enough for whoever waits.
    static let rest = TimeAmount.milliseconds(100)
    /// A shortage is told once, and again when it comes back after so long without one.
    static let silence = TimeAmount.seconds(60)

    private let connectionsMax: Int
    private let paused: @Sendable (AcceptPause) -> Void
    private var connections = 0
    /// Whether a read was asked for and kept back.
    private var isAsked = false
    private var resting: Scheduled<Void>?
    private var lastShort: NIODeadline?

    init(connectionsMax: Int, paused: @escaping @Sendable (AcceptPause) -> Void) {
        self.connectionsMax = connectionsMax
        self.paused = paused
    }

    func read(context: ChannelHandlerContext) {
        guard resting == nil, connections < connectionsMax else {
            isAsked = true
            if resting == nil { tell(.tooManyConnections(max: connectionsMax)) }
            return
        }
        isAsked = false
        context.read()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        connections += 1
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        unwrapInboundIn(data).closeFuture.hop(to: context.eventLoop).whenComplete { _ in
            let (gate, context) = bound.value
            gate.connections -= 1
            // What it had is free again.
            gate.goOn(context)
        }
        context.fireChannelRead(data)
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        // Others close the channel, or concern one connection that is gone already (ECONNABORTED).
        guard let error = error as? IOError, [EMFILE, ENFILE, ENOBUFS, ENOMEM].contains(error.errnoCode) else {
            return context.fireErrorCaught(error)
        }
        tell(.noDescriptors)
        guard resting == nil else { return }
        // Without this the channel stays registered for what it cannot take, and its loop is woken by it again and again.
        try? context.channel.syncOptions?.setOption(.autoRead, value: false)
        isAsked = false
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        resting = context.eventLoop.scheduleTask(in: Self.rest) {
            let (gate, context) = bound.value
            gate.endRest(context)
        }
    }

    func handlerRemoved(context: ChannelHandlerContext) {
        resting?.cancel()
        resting = nil
    }

    /// Asks the kernel again, which reads at once.
    private func endRest(_ context: ChannelHandlerContext) {
        resting?.cancel()
        resting = nil
        guard context.channel.isActive else { return }
        try? context.channel.syncOptions?.setOption(.autoRead, value: true)
    }

    private func goOn(_ context: ChannelHandlerContext) {
        if resting != nil { return endRest(context) }
        guard isAsked, context.channel.isActive else { return }
        // Not once the listener has stopped to accept.
        guard (try? context.channel.syncOptions?.getOption(.autoRead)) == true else { return }
        read(context: context)
    }

    private func tell(_ pause: AcceptPause) {
        let now = NIODeadline.now()
        defer { lastShort = now }
        if let last = lastShort, now - last < Self.silence { return }
        paused(pause)
    }
}
