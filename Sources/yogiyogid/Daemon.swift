import ControlServer
import Foundation
import Listener
import Logging
import Participants
import SagaCore
import SagaEngine
import SagaStore
import ServiceLifecycle
import Systemd
import UnixSignals

/// The wiring, on one screen: store, workflows, transport, engine, socket, watchdog.
struct Daemon {
    let configuration: DaemonConfiguration
    let inherited: [InheritedDescriptor]
    private let logger = Logger(label: "yogiyogid")
    private let notifier = Notifier()

    init(_ configuration: DaemonConfiguration, inherited: [InheritedDescriptor]) {
        self.configuration = configuration
        self.inherited = inherited
    }

    /// Runs until SIGTERM or SIGINT.
    /// - Throws: ``StartFailure`` for whatever keeps it from starting.
    func run() async throws {
        var files = try LoadedFiles(configuration)
        let store = try openStore()
        defer { store.close() }
        try files.addPinned(by: store)
        let transport = try HTTPTransport(participants: configuration.participants, logger: logger)
        let story = SagaLog(logger: logger)
        do {
            let engine = try Engine(
                store: store, workflows: files.workflows, transport: transport, limits: configuration.limits,
                logger: logger, paused: configuration.isPaused, observer: story.observer)
            try await serve(engine, transport, story)
        } catch {
            await transport.shutdown()
            throw (error as? WorkflowConflict).map { StartFailure($0.description) } ?? error
        }
        await transport.shutdown()
        logger.info("stopped")
    }

    private func serve(_ engine: Engine, _ transport: HTTPTransport, _ story: SagaLog) async throws {
        let facts = ControlFacts(
            version: Version.text, bodyMax: configuration.bodyMax, startedAt: SystemClock().now().milliseconds,
            limits: configuration.limits,
            participants: {
                transport.status().map {
                    .init(name: $0.name, url: "\($0.address)", breaker: $0.breaker?.rawValue ?? "off")
                }
            })
        let address =
            inherited.first.map { ListenAddress.descriptor($0.descriptor) }
            ?? .unix(path: configuration.socket, mode: ListenAddress.modeDefault)
        let listener: HTTPListener<ControlResponder>
        do {
            listener = try HTTPListener(
                address: address, responder: ControlResponder(engine: engine, facts: facts), logger: logger,
                onListening: { [notifier] _ in
                    // Ready means: a request would be answered. The probe is one.
                    _ = await engine.probe()
                    notifier.ready(status: await StatusLine.text(engine, transport))
                })
        } catch {
            throw StartFailure("cannot listen on \(address): \(error)")
        }
        var services: [any Service] = [
            engine, story, StatusLine(engine: engine, transport: transport, notifier: notifier),
        ]
        if let interval = Watchdog.interval {
            services.append(
                WatchdogService(
                    interval: interval, notifier: notifier, logger: logger,
                    proof: { await engine.probe().isProgress }))
        }
        services.append(ControlSocket(listener: listener, engine: engine, notifier: notifier))
        // Stopped in reverse: the socket first, the engine last.
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
    }

    private func openStore() throws -> SagaStore {
        do {
            try FileManager.default.createDirectory(
                atPath: configuration.stateDirectory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartFailure(
                "cannot create the state directory '\(configuration.stateDirectory)'; "
                    + "check its parent, or name another with --state-dir")
        }
        do throws(StoreError) {
            return try SagaStore.open(at: configuration.store)
        } catch {
            throw StartFailure(error.message)
        }
    }
}

/// The listener, and what must happen before it waits for its requests in flight.
private struct ControlSocket: Service {
    let listener: HTTPListener<ControlResponder>
    let engine: Engine
    let notifier: Notifier

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await listener.run()
        } onGracefulShutdown: {
            notifier.stopping(status: "stopping")
            // Long polls are answered now; else the listener would wait for them.
            engine.endWaits()
        }
    }
}
