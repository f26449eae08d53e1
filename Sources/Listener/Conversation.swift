import NIOCore
import NIOHTTP1

/// The event loop's side of a connection: parts of requests go to its task one by one, and parts of answers come from it.
///
/// In place of Hummingbird's codec, its idle timer and NIO's asynchronous channel (decision 0018). A request that has come whole costs one
/// resumption of the task, and its answer one flush.
final class Conversation: ChannelDuplexHandler {
    typealias InboundIn = HTTPServerRequestPart
    typealias OutboundIn = Never
    typealias OutboundOut = HTTPServerResponsePart

    typealias Taker = CheckedContinuation<HTTPServerRequestPart?, any Error>
    typealias Writer = CheckedContinuation<Void, any Error>

    private var inflow = Inflow()
    /// Who waits for a part: one, as a connection has one task that reads.
    private var taker: (taker: Taker, patience: Patience?)?
    /// What waits until the client has read more; a route may write from several tasks.
    private var writers: [(writer: Writer, patience: Patience)] = []
    private var idleness: Idleness
    private var scheduled = Looks()
    private var context: ChannelHandlerContext?
    /// What it has of what all connections share; `nil` where nothing is counted.
    var account: Account?

    /// What it does at a time.
    private struct Looks {
        /// Whether it is idle.
        var idle: Scheduled<Void>?
        /// How much of an answer its client has not read, and whether there is room for a body.
        var room: Scheduled<Void>?

        mutating func cancel() {
            idle?.cancel()
            room?.cancel()
            self = Looks()
        }
    }

    init(idleTimeout: TimeAmount) {
        idleness = Idleness(timeout: idleTimeout, now: .now())
    }

    func handlerAdded(context: ChannelHandlerContext) { self.context = context }

    func handlerRemoved(context: ChannelHandlerContext) {
        finish()
        self.context = nil
    }

    func channelActive(context: ChannelHandlerContext) {
        schedule(idleness.opened(at: .now()))
        context.fireChannelActive()
    }

    func channelInactive(context: ChannelHandlerContext) {
        finish()
        context.fireChannelInactive()
    }

    func channelRead(context: ChannelHandlerContext, data: NIOAny) {
        let part = unwrapInboundIn(data)
        idleness.came(part, at: .now())
        account?.came(part)
        inflow.came(part)
        hand()
    }

    func read(context: ChannelHandlerContext) {
        guard mayRead() else {
            inflow.isReadHeld = true
            return
        }
        context.read()
    }

    func errorCaught(context: ChannelHandlerContext, error: any Error) {
        inflow.failed(error)
        hand()
        // Bytes that are no request are answered by the task; after another error nothing comes and nothing goes.
        if !(error is HTTPParserError) { context.close(promise: nil) }
    }

    func userInboundEventTriggered(context: ChannelHandlerContext, event: Any) {
        switch event {
        case ChannelEvent.inputClosed: inflow.ended()
        case is LastAnswerWritten: inflow.dropped()
        default: return context.fireUserInboundEventTriggered(event)
        }
        hand()
        context.fireUserInboundEventTriggered(event)
    }

    func channelWritabilityChanged(context: ChannelHandlerContext) {
        if context.channel.isWritable { resumeWriters(with: .success(())) }
        countUnread()
        context.fireChannelWritabilityChanged()
    }

    /// - Returns: `nil` where there is nothing yet.
    func takeNow() -> Result<HTTPServerRequestPart?, any Error>? {
        defer { readOn() }
        return switch inflow.take() {
        case .nothing: nil
        case .part(let part): .success(taken(part))
        case .failure(let error): .failure(error)
        case .end: .success(nil)
        }
    }

    /// Resumes the task with the next part: at once where there is one.
    /// - Parameter patience: `nil` for who waits as long as the connection is there.
    func take(_ taker: Taker, _ patience: Patience?) {
        if patience?.isOver == true { return taker.resume(throwing: CancellationError()) }
        if let taken = takeNow() { return taker.resume(with: taken) }
        guard self.taker == nil else { return taker.resume(throwing: ChannelError.inappropriateOperationForState) }
        self.taker = (taker, patience)
    }

    /// Resumes who waits with it. The connection goes on: what a route gives up need not be the answer.
    func patienceEnded(_ patience: Patience) {
        if let waiting = taker, waiting.patience === patience {
            taker = nil
            waiting.taker.resume(throwing: CancellationError())
        }
        guard let index = writers.firstIndex(where: { $0.patience === patience }) else { return }
        writers.remove(at: index).writer.resume(throwing: CancellationError())
    }

    /// Whether something of the request at hand was not taken.
    var isInBody: Bool { inflow.isInBody }

    /// See ``Inflow/takeWholeBody()``.
    func takeWholeBody() -> ByteBuffer? {
        defer { readOn() }
        guard let body = inflow.takeWholeBody() else { return nil }
        account?.taken()
        return body
    }

    /// - Throws: when the connection is closed.
    func write(_ parts: [HTTPServerResponsePart], flushing: Bool) throws {
        guard let context, context.channel.isActive else { throw ChannelError.ioOnClosedChannel }
        isHandAnswered = if case .end? = parts.last { true } else { false }
        for part in parts { context.write(wrapOutboundOut(part), promise: nil) }
        if flushing { context.flush() }
        let now = NIODeadline.now()
        let next = idleness.wrote(at: now)
        if flushing { countUnread() }
        if isHandAnswered { account?.answered() }
        schedule(isHandAnswered ? idleness.answered(at: now) : context.channel.isWritable ? nil : next)
    }

    /// Whether the client reads as fast as it is written to.
    var isWritable: Bool { context?.channel.isWritable ?? true }

    /// Resumes the task when the client has read more, or is gone.
    func waitToWrite(_ writer: Writer, _ patience: Patience) {
        if patience.isOver { return writer.resume(throwing: CancellationError()) }
        guard let context, context.channel.isActive else {
            return writer.resume(throwing: ChannelError.ioOnClosedChannel)
        }
        guard !context.channel.isWritable else { return writer.resume() }
        writers.append((writer, patience))
    }

    /// Whether the answer at hand was written to its end.
    private(set) var isHandAnswered = true

    private func hand() {
        guard let waiting = taker, let taken = takeNow() else { return }
        taker = nil
        waiting.taker.resume(with: taken)
    }

    private func taken(_ part: HTTPServerRequestPart) -> HTTPServerRequestPart {
        if case .end = part { account?.taken() }
        return part
    }

    /// A body has room now, for which it was not read.
    func bodyHasRoom() { readOn() }

    private func mayRead() -> Bool {
        if inflow.isFull { return false }
        guard account?.mayRead() == false else { return true }
        // Who waits finds out who stands still.
        lookAgain()
        return false
    }

    private func countUnread() {
        guard account != nil, let context else { return }
        let unread = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        if account?.wrote(unread: unread ?? 0) == true { lookAgain() }
    }

    private func lookAgain() {
        guard scheduled.room == nil, let context else { return }
        let bound = NIOLoopBound(self, eventLoop: context.eventLoop)
        scheduled.room = context.eventLoop.scheduleTask(in: .seconds(1)) {
            let conversation = bound.value
            conversation.scheduled.room = nil
            conversation.countUnread()
            conversation.readOn()
        }
    }

    private func readOn() {
        guard inflow.isReadHeld, mayRead() else { return }
        inflow.isReadHeld = false
        context?.read()
    }

    private func finish() {
        scheduled.cancel()
        inflow.ended()
        hand()
        resumeWriters(with: .failure(ChannelError.ioOnClosedChannel))
    }

    private func resumeWriters(with result: Result<Void, any Error>) {
        let waiting = writers
        writers = []
        for (writer, _) in waiting { writer.resume(with: result) }
    }

    private func schedule(_ deadline: NIODeadline?) {
        guard let deadline, let context, scheduled.idle == nil else { return }
        let bound = NIOLoopBound((self, context), eventLoop: context.eventLoop)
        scheduled.idle = context.eventLoop.scheduleTask(deadline: deadline) {
            let (handler, context) = bound.value
            handler.timerFired(context)
        }
    }

    private func timerFired(_ context: ChannelHandlerContext) {
        scheduled.idle = nil
        let unread = try? context.channel.syncOptions?.getOption(.bufferedWritableBytes)
        switch idleness.timerFired(at: .now(), unread: unread ?? 0) {
        case .close: context.close(promise: nil)
        case .wait(let deadline): schedule(deadline)
        case .rest: break
        }
    }
}
