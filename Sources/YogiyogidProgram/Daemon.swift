import ControlAPI
import ControlServer
import Foundation
import Listener
import Logging
import OperatorLog
import Participants
import SagaCore
import SagaEngine
import SagaStore
import ServiceLifecycle
import Systemd
import UnixSignals
import Webhooks

/// The wiring, on one screen: store, workflows, transport, engine, socket, watchdog.
struct Daemon {
    let configuration: DaemonConfiguration
    let source: ConfigurationSource
    let inherited: [InheritedDescriptor]
    private let logger = Logger(label: "yogiyogid")
    private let notifier = Notifier()
    private let longStart: LongStart
    private let margin = WatchdogMargin()

    init(_ configuration: DaemonConfiguration, from source: ConfigurationSource, inherited: [InheritedDescriptor]) {
        self.configuration = configuration
        self.source = source
        self.inherited = inherited
        longStart = LongStart(notifier: notifier)
    }

    /// Runs until SIGTERM or SIGINT.
    /// - Throws: ``StartFailure`` for whatever keeps it from starting.
    func run() async throws {
        notifier.status("reading the workflows")
        var files = try LoadedFiles(configuration)
        Yogiyogid.complain(files.warnings, asWarnings: true)
        notifier.status("opening the store, which migrates when it is of an older version")
        let store = try openStore()
        defer { store.close() }
        for note in store.keyNotes { logger.tell(note) }
        do {
            try files.addPinned(by: store)
        } catch {
            throw Self.failure(error)
        }
        let transport = try HTTPTransport(
            participants: configuration.participants, callbacks: configuration.callbacks(to: store), logger: logger)
        let story = SagaLog(logger: logger)
        do {
            let engine = try Engine(
                store: store, workflows: files.workflows, transport: transport, limits: configuration.limits,
                logger: logger, paused: configuration.isPaused, observer: story.observer)
            let webhooks = Webhooks(engine: engine, logger: logger)
            webhooks.replace(configuration.feeds.map(\.settings))
            let reloader = Reloader(
                configuration, from: source, store: store, engine: engine, transport: transport, webhooks: webhooks,
                pruner: Pruner(engine: engine, retention: configuration.retention), notifier: notifier, logger: logger)
            try await serve(store, engine, transport, webhooks, story, reloader)
        } catch {
            await transport.shutdown()
            throw Self.failure(error)
        }
        await transport.shutdown()
        logger.info("stopped")
    }

    /// A store whose rows do not read wants an operator, also when that shows first when they are read.
    private static func failure(_ error: any Error) -> any Error {
        switch error {
        case let error as WorkflowConflict: StartFailure(error.description)
        case let error as StoreError: StartFailure(error)
        default: error
        }
    }

    private func serve(
        _ store: SagaStore, _ engine: Engine, _ transport: HTTPTransport, _ webhooks: Webhooks, _ story: SagaLog,
        _ reloader: Reloader
    ) async throws {
        // Connections find fewer descriptors than there are, so that the store and calls always find one.
        let descriptors = DescriptorLimit.connectionsMax
        let budget = ConnectionBudget(
            connectionsMax: min(configuration.connectionsMax, max(8, descriptors - ConnectionBudget.reserve)),
            unreadBytesMax: configuration.unreadBytesMax, operators: [0, getuid()],
            onCrowded: { crowded(descriptors) })
        let facts = facts(transport, webhooks, story, reloader, budget)
        let control = inherited.first { $0.name == "control" } ?? inherited.first
        let address =
            control.map { ListenAddress.descriptor($0.descriptor) }
            ?? .unix(path: configuration.socket, mode: ListenAddress.modeDefault)
        let listener: HTTPListener<ControlResponder>
        do {
            listener = try HTTPListener(
                address: address, responder: ControlResponder(engine: engine, facts: facts),
                configuration: .init(connectionsMax: descriptors, budget: budget), logger: logger,
                onListening: { [notifier, longStart] _ in
                    // Ready means: a request would be answered. An engine that could not begin ends the daemon, unready.
                    guard await engine.probe().isProgress else { return }
                    longStart.end()
                    notifier.ready(status: await StatusLine.text(engine, transport, webhooks))
                    reloader.open()
                },
                onPause: { [logger] pause in
                    logger.tell(
                        .descriptorsShort, ["error": "\(pause)", "limit": "\(DescriptorLimit.current)"])
                })
        } catch {
            throw StartFailure("cannot listen on \(address): \(error)", status: .mayPass)
        }
        var services: [any Service] = [
            story, engine, SmallSteps.seals(of: engine), SmallSteps.views(of: engine),
            StoreWatch(store: store, engine: engine, logger: logger),
            reloader.pruner, webhooks,
            StatusLine(engine: engine, transport: transport, webhooks: webhooks, notifier: notifier), reloader,
        ]
        if let interval = Watchdog.interval(logger: logger) {
            services.append(
                WatchdogService(
                    interval: interval, notifier: notifier, logger: logger, margin: margin,
                    phase: { engine.phase.words }, proof: { await engine.prove().isProgress }))
        }
        services.append(ControlSocket(listener: listener, engine: engine, notifier: notifier))
        // Stopped in reverse: the socket first, then the engine, and last who tells what it has committed.
        var group = ServiceGroupConfiguration(
            services: services, gracefulShutdownSignals: [.sigterm, .sigint], logger: logger)
        group.maximumGracefulShutdownDuration = .seconds(10)
        try await ServiceGroup(configuration: group).run()
    }

    /// No place is left for another client. Where the configuration has a lower maximum than the descriptors nothing is short.
    private func crowded(_ descriptors: Int) {
        guard descriptors - ConnectionBudget.reserve < configuration.connectionsMax else { return }
        let error = "the oldest idle client is closed for each new one; LimitNOFILE= of the unit is too low"
        logger.tell(.descriptorsShort, ["error": "\(error)", "limit": "\(DescriptorLimit.current)"])
    }

    private func facts(
        _ transport: HTTPTransport, _ webhooks: Webhooks, _ story: SagaLog, _ reloader: Reloader,
        _ budget: ConnectionBudget
    ) -> ControlFacts {
        ControlFacts(
            version: ProgramVersion.text, startedAt: SystemClock().now().milliseconds,
            settings: {
                let configuration = reloader.configuration
                return .init(
                    bodyMax: configuration.bodyMax, limits: configuration.limits,
                    roles: configuration.roles)
            },
            participants: {
                transport.status().map {
                    .init(
                        name: $0.name, url: "\($0.address)", breaker: $0.hasBreaker ? "closed" : "off",
                        operations: $0.operations.map { .init(operation: $0.name, sends: $0.sends) })
                }
            },
            webhooks: { webhooks.shown },
            connections: { budget },
            logDropped: { LogBackend.dropped + story.dropped },
            watchdog: { [margin] in
                margin.current.map {
                    .init(
                        interval: $0.interval / .seconds(1), margin: $0.left / .seconds(1),
                        leastMargin: $0.least / .seconds(1))
                }
            }, reload: { await reloader.reload(by: $0) },
            reading: { headers, body, call in
                await transport.reading(BroughtAnswer(headers: headers, body: body), to: call)
            },
            keys: {
                let configuration = reloader.configuration
                return try await onOwnThread { try configuration.storeKeys() }
            })
    }

    private func openStore() throws -> SagaStore {
        do {
            try FileManager.default.createDirectory(
                atPath: configuration.stateDirectory, withIntermediateDirectories: true,
                attributes: [.posixPermissions: 0o700])
        } catch {
            throw StartFailure(
                "cannot create the state directory '\(configuration.stateDirectory)'; "
                    + "check its parent, or name another with --state-dir", status: .mayPass)
        }
        let keys = try configuration.storeKeys()
        do throws(StoreError) {
            return try SagaStore.open(
                at: configuration.store, keys: keys, checkingFor: configuration.storeCheck,
                moves: { [longStart] in longStart.moved() })
        } catch {
            if error.code == .corrupt { logger.tell(.storeCorrupt, ["error": "\(error.message)"]) }
            throw StartFailure(error)
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
