import Glibc
public import Hummingbird
public import Listener
public import Logging
import ServiceLifecycle
import UnixSignals

/// A participant as a process: listens, says when it is ready, and stops gracefully on SIGTERM and SIGINT.
public struct ParticipantProgram: Sendable {
    /// Requests in flight get this long to be answered after SIGTERM; then the process ends, and the rows have what was durable.
    static let stopTimeMax: Duration = .seconds(10)

    private let listener: HTTPListener<RouterResponder<BasicRequestContext>>
    private let store: IdempotentStore
    private let logger: Logger
    private let onStopping: @Sendable () async -> Void

    /// Binds the address at once, so that one that cannot be had ends the program before it says that it is ready.
    ///
    /// - Parameters:
    ///   - onReady: called when requests are accepted; tells systemd.
    ///   - onStopping: called when the stop begins.
    /// - Throws: `ListenError`.
    public init(
        _ participant: Participant, routes: Participant.Routes, address: ListenAddress, logger: Logger,
        onReady: @escaping @Sendable (ListenAddress) async -> Void = { _ in },
        onStopping: @escaping @Sendable () async -> Void = {}
    ) throws(ListenError) {
        listener = try HTTPListener(
            address: address, responder: routes.buildResponder(), logger: logger, onListening: onReady)
        store = participant.store
        self.logger = logger
        self.onStopping = onStopping
    }

    /// The address as bound: with TCP port 0 the port that the kernel chose.
    public var address: ListenAddress { listener.address }

    /// Serves until it is told to stop; returns when all that was accepted is answered and the database is closed.
    public func run() async throws {
        // A caller that hangs up while it is answered must cost an error on that connection, not the process.
        signal(SIGPIPE, SIG_IGN)
        var configuration = ServiceGroupConfiguration(
            services: [listener, StopNotice(notify: onStopping)], gracefulShutdownSignals: [.sigterm, .sigint],
            logger: logger)
        configuration.maximumGracefulShutdownDuration = Self.stopTimeMax
        try await ServiceGroup(configuration: configuration).run()
        try store.close()
    }
}

/// Waits for the stop and tells it.
private struct StopNotice: Service {
    let notify: @Sendable () async -> Void

    func run() async throws {
        try? await gracefulShutdown()
        await notify()
    }
}
