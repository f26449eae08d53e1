import ControlClient
import Foundation
import Gateway
import Hummingbird
import Identity
import Listener
import Logging
import NIOPosix
import ServiceLifecycle
import Synchronization
import Systemd
import UnixSignals

/// The wiring: client, lists, gateway, listener, reload, watchdog.
struct Front {
    private let configuration: GatewayConfiguration
    private let source: GatewaySource
    private let inherited: [InheritedDescriptor]
    private let logger = Logger(label: "yogi-gateway")
    private let notifier = Notifier()

    /// More than streams that are watched at once; the daemon bounds what one user has.
    private static let daemonConnectionsMax = 4_096
    /// A daemon that restarts is waited for so long: guests wait too.
    private static let patienceMilliseconds: Int64 = 3_000

    init(_ configuration: GatewayConfiguration, from source: GatewaySource, inherited: [InheritedDescriptor]) {
        self.configuration = configuration
        self.source = source
        self.inherited = inherited
    }

    /// Runs until SIGTERM or SIGINT.
    /// - Throws: ``StartFailure`` for whatever keeps it from starting.
    func run() async throws {
        let (house, isNew) = try DoorSecrets(configuration).load()
        if isNew {
            logger.notice(
                "key made: keep a copy of it, or links that guests have end with it",
                metadata: ["file": "\(configuration.stateDirectory)/\(DoorSecrets.name)"])
        }
        let current = Current(configuration, tls: try configuration.serverTLS())
        let client = ControlClient(
            socketPath: configuration.socket, connectionsMax: Self.daemonConnectionsMax,
            patience: Self.patienceMilliseconds)
        let lists = ParticipantLists(places: { current.configuration.lists })
        let issuer = IssuerKeys()
        let keeper = Doorkeeper(house, logger: logger, fetch: { try await issuer.text(of: $0) })
        let gateway = Gateway(
            client: client, lists: lists, keeper: keeper, settings: { current.configuration.settings }, logger: logger)
        func close() async {
            await client.shutdown()
            await lists.shutdown()
            await issuer.shutdown()
        }
        do {
            // Before anybody can come with a token of the issuer's.
            await keeper.refreshKeys()
            try await serve(gateway, keeper, current)
        } catch {
            await close()
            throw error
        }
        await close()
        logger.info("stopped")
    }

    private func serve(_ gateway: Gateway, _ keeper: Doorkeeper, _ current: Current) async throws {
        guard inherited.count <= 1 else {
            throw StartFailure(
                "\(inherited.count) sockets were inherited: the .socket unit needs exactly one ListenStream=")
        }
        let address = inherited.first.map { ListenAddress.descriptor($0.descriptor) } ?? configuration.listen
        let budget = ConnectionBudget(
            connectionsMax: min(
                configuration.connectionsMax, max(8, DescriptorLimit.connectionsMax - ConnectionBudget.reserve)),
            unreadBytesMax: Self.unreadBytesMax, operators: [])
        let reload = GatewayReload(
            source: source, current: current, keeper: keeper, notifier: notifier, logger: logger)
        let listener: HTTPListener<RouterResponder<GatewayContext>>
        do {
            listener = try HTTPListener(
                address: address, responder: gateway.responder(),
                configuration: .init(connectionsMax: DescriptorLimit.connectionsMax, budget: budget, tls: current.tls),
                logger: logger,
                onListening: { [notifier] address in notifier.ready(status: "listening on \(address)") })
        } catch {
            throw StartFailure("cannot listen on \(address): \(error)", status: .mayPass)
        }
        var services: [any Service] = [reload, listener, KeyWatch(keeper: keeper), StopNotice(notifier: notifier)]
        if let interval = Watchdog.interval(logger: logger) {
            services.append(
                WatchdogService(
                    interval: interval, notifier: notifier, logger: logger, phase: { "answering" },
                    proof: {
                        // Not by way of the daemon: that it is away is no reason to end what says so.
                        let loop = MultiThreadedEventLoopGroup.singleton.next()
                        return (try? await loop.submit { true }.get()) ?? false
                    }))
        }
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
    }

    private static let unreadBytesMax = 64 << 20
}

/// What is loaded now.
final class Current: Sendable {
    private let state: Mutex<(configuration: GatewayConfiguration, tls: ServerTLS?)>
    /// What each new connection is encrypted by; `nil` where none is, which a reload does not change.
    var tls: (@Sendable () -> ServerTLS)? {
        guard let first = state.withLock({ $0.tls }) else { return nil }
        return { [self] in state.withLock { $0.tls } ?? first }
    }

    init(_ configuration: GatewayConfiguration, tls: ServerTLS?) {
        state = Mutex((configuration, tls))
    }

    var configuration: GatewayConfiguration { state.withLock { $0.configuration } }

    func take(_ configuration: GatewayConfiguration, tls: ServerTLS?) {
        state.withLock { $0 = (configuration, tls) }
    }
}

/// Fetches the issuer's keys when they are old.
private struct KeyWatch: Service {
    let keeper: Doorkeeper

    func run() async throws {
        await cancelWhenGracefulShutdown {
            while !Task.isCancelled {
                await keeper.refreshKeys()
                try? await Task.sleep(for: .seconds(WebKeyRefresh.pause))
            }
        }
    }
}

/// Waits for the stop and tells it.
private struct StopNotice: Service {
    let notifier: Notifier

    func run() async throws {
        try? await gracefulShutdown()
        notifier.stopping(status: "stopping")
    }
}

/// Reads the configuration again on SIGHUP, whole or not at all.
private struct GatewayReload: Service {
    let source: GatewaySource
    let current: Current
    let keeper: Doorkeeper
    let notifier: Notifier
    let logger: Logger

    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            for await _ in signals { reload() }
        }
    }

    private func reload() {
        notifier.reloading(status: "reloading the configuration")
        do throws(StartFailure) {
            let before = current.configuration
            var wanted = try source.read()
            let needsRestart =
                wanted.listen != before.listen || wanted.socket != before.socket
                || wanted.stateDirectory != before.stateDirectory || wanted.connectionsMax != before.connectionsMax
                || (wanted.tls == nil) != (before.tls == nil)
            (wanted.listen, wanted.socket) = (before.listen, before.socket)
            let (house, tls) = (try DoorSecrets(wanted).load().house, try wanted.serverTLS())
            current.take(wanted, tls: tls)
            keeper.take(house)
            logger.notice(
                "reloaded", metadata: ["needsRestart": "\(needsRestart)"])
            notifier.ready(status: needsRestart ? "reloaded; listen, socket and limits want a restart" : "reloaded")
        } catch {
            logger.error("reload refused, nothing has changed", metadata: ["faults": "\(error)"])
            notifier.ready(status: "the last reload was refused, nothing has changed; see the log")
        }
    }
}
