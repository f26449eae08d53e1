import NIOCore
import NIOHTTP1
import NIOHTTPCompression
import NIOPosix
import NIOSSL
import Synchronization

/// How connections to one endpoint are opened.
struct Opener {
    let endpoint: ParticipantAddress.Endpoint
    let trust: Trust
    let loop: any EventLoop

    init(_ endpoint: ParticipantAddress.Endpoint, trust: Trust, loop: any EventLoop) {
        self.endpoint = endpoint
        self.trust = trust
        self.loop = loop
    }

    func schedule(at deadline: NIODeadline, _ body: @escaping () -> Void) -> Scheduled<Void> {
        loop.assumeIsolated().scheduleTask(deadline: deadline, body)
    }

    /// The name or address that the other end must have a certificate for; `nil` without TLS.
    var secureHost: String? {
        if case .tcp(let host, _, tls: true) = endpoint { host } else { nil }
    }
}

/// What certificates are checked against: the machine's own, read once and off the event loop.
final class Trust: Sendable {
    private let roots: NIOSSLTrustRoots
    private let reading = Mutex<EventLoopFuture<NIOSSLContext>?>(nil)

    init(_ roots: NIOSSLTrustRoots = .default) { self.roots = roots }

    func context(on loop: any EventLoop) -> EventLoopFuture<NIOSSLContext> {
        let (context, isNew) = reading.withLock { reading in
            if let reading { return (reading, false) }
            let context = NIOThreadPool.singleton.runIfActive(eventLoop: loop) { [roots] in
                var configuration = TLSConfiguration.makeClientConfiguration()
                configuration.trustRoots = roots
                configuration.applicationProtocols = ["http/1.1"]
                return try NIOSSLContext(configuration: configuration)
            }
            reading = context
            return (context, true)
        }
        // It may be read another time.
        if isNew { context.whenFailure { [self] _ in reading.withLock { $0 = nil } } }
        // Who asked first may be on another loop.
        return context.hop(to: loop)
    }
}

/// A connection that is being opened: name, connection and handshake have one time together. Lives on one event loop.
///
///     begun --connected--> (with TLS: handshaking --handshakeEnded-->) over
///     any   --failed, timeout, abandoned--> over, and all that was opened is closed
final class Opening {
    typealias Completion = (Result<KeptConnection, any Error>) -> Void

    private let opener: Opener
    /// A name may have several addresses, which are tried side by side.
    private(set) var channels: [any Channel] = []
    /// `nil` before and after.
    private var completion: Completion?
    private var pool: ConnectionPool?
    private var timer: Scheduled<Void>?

    init(_ opener: Opener) { self.opener = opener }

    /// - Parameter completion: called once, unless it is abandoned before.
    func begin(for pool: ConnectionPool, _ completion: @escaping Completion) {
        self.completion = completion
        self.pool = pool
        timer = opener.schedule(at: .now() + HTTPTransport.connectTimeout) { [self] in
            failed(CallClient.Failure.connectTimeout)
        }
        guard opener.secureHost != nil else { return connect(nil) }
        opener.trust.context(on: opener.loop).assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let context): connect(context)
            case .failure(let error): failed(error)
            }
        }
    }

    func abandon() {
        completion = nil
        over()
        for channel in channels { channel.close(promise: nil) }
    }

    func failed(_ error: any Error) {
        guard let completion else { return }
        abandon()
        completion(.failure(error))
    }

    func handshakeEnded(on connection: KeptConnection) { succeeded(connection) }

    private func succeeded(_ connection: KeptConnection) {
        guard let completion, let pool else { return connection.close() }
        self.completion = nil
        over()
        connection.opened(for: pool)
        completion(.success(connection))
    }

    private func over() {
        timer?.cancel()
        timer = nil
        pool = nil
    }

    private func connect(_ secure: NIOSSLContext?) {
        guard completion != nil else { return }
        let bound = NIOLoopBound(self, eventLoop: opener.loop)
        let bootstrap = ClientBootstrap(group: opener.loop)
            .connectTimeout(HTTPTransport.connectTimeout)
            .channelInitializer { channel in
                channel.eventLoop.makeCompletedFuture { try bound.value.setUp(channel, secure) }
            }
        let connected =
            switch opener.endpoint {
            case .unix(let path): bootstrap.connect(unixDomainSocketPath: path)
            case .tcp(let host, let port, _):
                if let address = try? SocketAddress(ipAddress: host, port: port) {
                    bootstrap.connect(to: address)
                } else {
                    bootstrap.connect(host: host, port: port)
                }
            }
        connected.assumeIsolated().whenComplete { [self] result in
            switch result {
            case .success(let channel): self.connected(channel, isSecure: secure != nil)
            case .failure(let error): failed(error)
            }
        }
    }

    private func connected(_ channel: any Channel, isSecure: Bool) {
        guard completion != nil, channel.isActive,
            let connection = try? channel.pipeline.syncOperations.handler(type: KeptConnection.self)
        else {
            failed(CallClient.Failure.closed)
            return channel.close(promise: nil)
        }
        if isSecure { connection.handshakeAwaited(by: self) } else { succeeded(connection) }
    }

    private func setUp(_ channel: any Channel, _ secure: NIOSSLContext?) throws {
        guard completion != nil else { throw CallClient.Failure.cancelled }
        channels.append(channel)
        let pipeline = channel.pipeline.syncOperations
        if let secure, let host = opener.secureHost {
            // An address is checked by the connection's own, and never told in the handshake (RFC 6066, section 3).
            let isAddress = (try? SocketAddress(ipAddress: host, port: 0)) != nil
            try pipeline.addHandler(NIOSSLClientHandler(context: secure, serverHostname: isAddress ? nil : host))
        }
        // Fields were looked through when the request was formed.
        try pipeline.addHandler(HTTPRequestEncoder())
        try pipeline.addHandler(ByteToMessageHandler(HTTPResponseDecoder(leftOverBytesStrategy: .dropBytes)))
        // Nobody asks for it; what comes all the same is read, within the bound of a body.
        try pipeline.addHandler(NIOHTTPResponseDecompressor(limit: .size(HTTPExchange.bodyBytesMax)))
        try pipeline.addHandler(KeptConnection(channel, isSecure: secure != nil))
    }
}
