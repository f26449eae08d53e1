import EventLoopTasks
import Glibc
public import Hummingbird
public import Logging
import NIOCore
import NIOExtras
import NIOHTTP1
import NIOPosix
import NIOSSL
public import ServiceLifecycle

/// Limits of a listener. Bodies are limited by the routes, which know what they expect: see ``bodyBytesMaxDefault``.
public struct HTTPListenerConfiguration: Sendable {
    /// 1 MiB: the limit of a request body that a route holds to unless it says otherwise (answer 413 beyond it).
    public static let bodyBytesMaxDefault = 1 << 20

    /// How long a connection may do nothing before it is closed. 60 s by default: longer than clients pause, shorter than a
    /// descriptor is worth. Does not count while a request is being answered, so a long poll is safe.
    public var idleTimeout: Duration
    /// How long an idle connection is kept when the service goes down, as its client may be about to write: under load every client
    /// gets its answer, with `Connection: close`, and comes again. Half a second by default: more than clients under load pause, and less
    /// than a restart is worth.
    public var linger: Duration
    /// Connections that may wait to be accepted. 4,096 by default, as much as Linux lets through.
    public var backlog: Int32
    /// The bytes that all header fields of one request have at most; beyond it the answer is 400, and so it is to a request line
    /// that is longer. 32 KiB by default.
    public var headerBytesMax: Int
    /// The header fields that one request has at most; beyond it the answer is 400. 100 by default.
    public var headerFieldsMax: Int
    /// Connections that are open at once; others wait to be accepted. No maximum by default: a service whose work takes descriptors too
    /// leaves itself some (``DescriptorLimit/connectionsMax``).
    public var connectionsMax: Int
    /// What new connections are encrypted by; none by default. Asked for each, so that a certificate can be renewed.
    public var tls: (@Sendable () -> ServerTLS)?
    /// What connections share beyond that, and each user of it; none by default.
    public var budget: ConnectionBudget?

    /// Limits, each with its default.
    public init(
        idleTimeout: Duration = .seconds(60), linger: Duration = .milliseconds(500), backlog: Int32 = 4096,
        headerBytesMax: Int = 32 << 10, headerFieldsMax: Int = 100, connectionsMax: Int = .max,
        budget: ConnectionBudget? = nil, tls: (@Sendable () -> ServerTLS)? = nil
    ) {
        self.tls = tls
        self.budget = budget
        self.connectionsMax = connectionsMax
        self.linger = linger
        self.idleTimeout = idleTimeout
        self.backlog = backlog
        self.headerBytesMax = headerBytesMax
        self.headerFieldsMax = headerFieldsMax
    }
}

/// Serves HTTP/1.1 with one responder over a Unix path, an inherited descriptor or TCP, and tells routes who calls
/// (``PeerCredentials/current``).
///
/// Hummingbird's own server cannot adopt a descriptor and takes a living Unix socket's path away from its owner, and its pipeline costs more
/// than most routes; this has its requests, answers and routes on a socket and a ``Conversation`` of ours (decision 0018). A route's task is
/// cancelled when its client has gone away (over TCP: when that is seen, at the next write), so that nothing waits for nobody. Graceful
/// shutdown: stop accepting, finish the requests in flight, close what is idle for a moment longer
/// (``HTTPListenerConfiguration/linger``). A route that streams must end by itself on graceful shutdown
/// (`cancelWhenGracefulShutdown`), else it is waited for. Routes run on the event loop of their connection and must not block it.
public struct HTTPListener<Responder: HTTPResponder>: Service
where Responder.Context: InitializableFromSource<ApplicationRequestContextSource> {
    /// The address as bound: with TCP port 0 the port that the kernel chose.
    public var address: ListenAddress { socket.address }

    private let socket: ListeningSocket
    private let responder: Responder
    private let configuration: HTTPListenerConfiguration
    private let logger: Logger
    private let onListening: (@Sendable (ListenAddress) async -> Void)?
    private let onPause: @Sendable (AcceptPause) -> Void

    /// Binds at once, so that an address which cannot be had is known before anything runs; connections queue until `run()`.
    ///
    /// - Parameters:
    ///   - onListening: called by `run()` when it accepts.
    ///   - onPause: called once when nobody can connect for a while, and not again for a minute after the last time that it was so; logs a
    ///     warning by default. Must not block.
    /// - Throws: ``ListenError``.
    public init(
        address: ListenAddress,
        responder: Responder,
        configuration: HTTPListenerConfiguration = .init(),
        logger: Logger,
        onListening: (@Sendable (ListenAddress) async -> Void)? = nil,
        onPause: (@Sendable (AcceptPause) -> Void)? = nil
    ) throws(ListenError) {
        self.socket = try ListeningSocket(address, backlog: configuration.backlog)
        self.responder = responder
        self.configuration = configuration
        self.logger = logger
        self.onListening = onListening
        self.onPause = onPause ?? { logger.warning("no connection is accepted", metadata: ["error": "\($0)"]) }
    }

    /// Accepts and answers until graceful shutdown; returns when the last request in flight is answered and the last connection
    /// closed. When its task is cancelled it ends at once: requests in flight are cancelled with it.
    ///
    /// - Throws: when the socket cannot be accepted from.
    public func run() async throws {
        guard let descriptor = socket.takeDescriptor() else {
            throw ListenError(.system, "the listener on \(address) was run twice")
        }
        defer { socket.unlinkPath() }
        let quiescing = ServerQuiescingHelper(group: MultiThreadedEventLoopGroup.singleton)
        let accepted = ConnectionQueue<Connection>()
        let server = try await accept(from: descriptor, quiescing: quiescing, into: accepted)
        // NIO listened once more with a backlog of 128 when it took the descriptor: put ours back.
        _ = listen(descriptor, socket.backlog)
        logger.info("listening", metadata: ["address": "\(address)"])
        let end: @Sendable () -> Void = {
            // The path first: a client that comes now should find nobody rather than a queue that nobody reads.
            socket.unlinkPath()
            let closed = server.eventLoop.makePromise(of: Void.self)
            closed.futureResult.whenComplete { _ in accepted.finish() }
            Self.stopAccepting(server) { quiescing.initiateShutdown(promise: closed) }
        }
        // The socket may fail by itself; nothing is accepted then, and what is open is served to its end.
        server.closeFuture.whenComplete { _ in end() }
        await withTaskCancellationOrGracefulShutdownHandler {
            await onListening?(address)
            await serve(accepted)
        } onCancelOrGracefulShutdown: {
            end()
        }
    }

    /// Leaves the connections that were not accepted yet to whoever has the socket next, and hands on those that were.
    ///
    /// NIO closes a connection that was accepted and is being set up on another loop while the server's channel closes, which its client
    /// sees as a reset. So that channel first accepts no more, and each loop has a turn: what was being set up is set up then.
    private static func stopAccepting(_ server: any Channel, then close: @escaping @Sendable () -> Void) {
        server.setOption(.autoRead, value: false).whenComplete { _ in
            let turns = MultiThreadedEventLoopGroup.singleton.makeIterator().map { $0.submit {} }
            EventLoopFuture.andAllComplete(turns, on: server.eventLoop).whenComplete { _ in close() }
        }
    }

    /// A task for each connection. Cancelled, it still takes what was accepted: each is then closed by its own cancelled task.
    private func serve(_ accepted: ConnectionQueue<Connection>) async {
        let answerer = answerer()
        await withDiscardingTaskGroup { group in
            while let connection = await accepted.next() {
                let executor = EventLoopExecutor.shared(for: connection.channel.eventLoop)
                group.addTask(executorPreference: executor) {
                    await PeerCredentials.$current.withValue(connection.peer) { await connection.serve(answerer) }
                }
            }
        }
    }

    private func accept(
        from descriptor: Int32, quiescing: ServerQuiescingHelper, into accepted: ConnectionQueue<Connection>
    ) async throws -> any Channel {
        let configuration = self.configuration
        let (connectionsMax, onPause) = (configuration.connectionsMax, onPause)
        return try await ServerBootstrap(group: MultiThreadedEventLoopGroup.singleton)
            .serverChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    let collector = quiescing.makeServerChannelHandler(channel: channel)
                    try channel.pipeline.syncOperations.addHandler(collector)
                    let gate = AcceptGate(connectionsMax: connectionsMax, paused: onPause)
                    try channel.pipeline.syncOperations.addHandler(gate)
                }
            }
            .childChannelOption(.allowRemoteHalfClosure, value: true)
            // So that no more of a body is read than a buffer before it has room.
            .childChannelOption(.maxMessagesPerRead, value: 1)
            .childChannelInitializer { channel in
                channel.eventLoop.makeCompletedFuture {
                    try Self.setUp(channel, configuration, into: accepted)
                }
            }
            .withBoundSocket(descriptor).get()
    }

    private static func setUp(
        _ channel: any Channel, _ configuration: HTTPListenerConfiguration, into accepted: ConnectionQueue<Connection>
    ) throws {
        var limits = NIOHTTPDecoderLimitConfiguration()
        limits.maxHeaderFieldSize = configuration.headerBytesMax
        limits.maxHeaderListSize = configuration.headerBytesMax
        limits.maxHeaderFieldCount = configuration.headerFieldsMax
        let peer = adopt(channel)
        let pipeline = channel.pipeline.syncOperations
        if let tls = configuration.tls { try pipeline.addHandler(NIOSSLServerHandler(context: tls().context)) }
        let conversation = Conversation(idleTimeout: TimeAmount(configuration.idleTimeout))
        let bound = NIOLoopBound(conversation, eventLoop: channel.eventLoop)
        if let budget = configuration.budget {
            let door = ConnectionBudget.Door(
                close: { channel.close(promise: nil) },
                readOn: { channel.eventLoop.execute { bound.value.bodyHasRoom() } })
            let (id, share) = budget.open(of: peer?.uid, door)
            guard let id else { return try pipeline.addHandler(TurnedAway(share: share)) }
            conversation.account = Account(budget: budget, id: id, user: peer?.uid)
            channel.closeFuture.whenComplete { _ in budget.close(id) }
        }
        let connection = Connection(channel: channel, peer: peer, conversation: bound)
        // Requests wait for their turn in the conversation, and fields of answers cannot hold a line break (HTTPTypes).
        try pipeline.configureHTTPServerPipeline(
            withPipeliningAssistance: false, withErrorHandling: false, withOutboundHeaderValidation: false,
            withEncoderConfiguration: .init(), withDecoderLimitConfiguration: limits)
        try pipeline.addHandler(Malformation(limits: configuration))
        // Its task begins when it is registered with its loop, but in any case, as the task must see it to its end.
        try pipeline.addHandler(
            Persistence(linger: TimeAmount(configuration.linger)) { accepted.append(connection) })
        try pipeline.addHandler(conversation)
    }

    /// Asks once per connection who it is. NIO accepts without SOCK_CLOEXEC; a child process that inherited the connection would keep
    /// it open after we closed it, so that is put right too.
    private static func adopt(_ channel: any Channel) -> PeerCredentials? {
        let found = try? channel.pipeline.syncOperations.withUnsafeTransportIfAvailable(of: NIOBSDSocket.Handle.self) {
            descriptor in
            _ = fcntl(descriptor, F_SETFD, FD_CLOEXEC)
            return PeerCredentials(descriptor: descriptor)
        }
        return found ?? nil
    }

    private func answerer() -> Connection.Answerer {
        let responder = self.responder
        let logger = self.logger
        return { request, channel in
            let context = Responder.Context(source: .init(channel: channel, logger: logger))
            var response: Response
            do {
                response = try await responder.respond(to: request.expecting(on: channel), context: context)
            } catch let unknown as UnknownExpectation {
                response = .problem(unknown.problem, status: .expectationFailed)
            } catch let error as HTTPParserError {
                throw error  // The request was malformed: the channel answers 400 and closes.
            } catch {
                logger.warning(
                    "a request failed and was answered with 500",
                    metadata: [
                        "method": "\(request.method)", "path": "\(request.uri.path)", "error": "\(error)",
                    ])
                response = .problem(.failed, status: .internalServerError)
            }
            // RFC 9110, section 9.3.2: the fields of the answer, and not a byte of its body.
            if request.method == .head { response = response.createHeadResponse() }
            return response
        }
    }
}
