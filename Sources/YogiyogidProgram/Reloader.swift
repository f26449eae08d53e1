import ControlAPI
import ControlServer
import Logging
import OperatorLog
import Participants
import SagaCore
import SagaEngine
import SagaStore
import ServiceLifecycle
import Synchronization
import Systemd
import UnixSignals
import Webhooks

/// Loads workflows and configuration again, whole or not at all: for `POST /v1/reload` and for SIGHUP, one after the other.
final class Reloader: Service {
    private struct State {
        var configuration: DaemonConfiguration
        var isBusy = false
        var waiting: [CheckedContinuation<Void, Never>] = []
    }

    private let source: ConfigurationSource
    private let store: SagaStore
    private let engine: Engine
    private let transport: HTTPTransport
    private let webhooks: Webhooks
    let pruner: Pruner
    private let notifier: Notifier
    private let logger: Logger
    private let state: Mutex<State>
    private let opened: AsyncStream<Void>
    private let opening: AsyncStream<Void>.Continuation

    /// Reloads that may wait for the one at hand; one more is told so.
    private static let waitingMax = 16
    /// Of the diagnostics of a refused reload, as many as the log has room for; the answer has all.
    private static let loggedMax = 50

    init(
        _ configuration: DaemonConfiguration, from source: ConfigurationSource, store: SagaStore, engine: Engine,
        transport: HTTPTransport, webhooks: Webhooks, pruner: Pruner, notifier: Notifier, logger: Logger
    ) {
        self.webhooks = webhooks
        self.source = source
        self.store = store
        self.engine = engine
        self.transport = transport
        self.pruner = pruner
        self.notifier = notifier
        self.logger = logger
        state = Mutex(State(configuration: configuration))
        (opened, opening) = AsyncStream.makeStream()
    }

    /// What is loaded now.
    var configuration: DaemonConfiguration { state.withLock { $0.configuration } }

    /// The daemon is ready: from here on signals are obeyed. Before it, all is being loaded anyway.
    func open() {
        opening.yield()
        opening.finish()
    }

    /// Obeys SIGHUP until graceful shutdown.
    func run() async throws {
        let signals = await UnixSignalsSequence(trapping: .sighup)
        await cancelWhenGracefulShutdown {
            for await _ in self.opened {}
            for await _ in signals { _ = await self.reload() }
        }
    }

    /// Loads everything again, after the reloads that came before.
    func reload(by actor: Actor? = nil) async -> Result<ReloadAnswer, ReloadRefusal> {
        guard await takeTurn() else {
            return .failure(ReloadRefusal(obstacle: "\(Self.waitingMax) reloads wait already"))
        }
        defer { giveTurn() }
        notifier.reloading(status: "reloading workflows and configuration")
        let result: Result<ReloadAnswer, ReloadRefusal>
        do throws(ReloadRefusal) {
            result = .success(try await load())
        } catch {
            result = .failure(error)
        }
        log(result, actor)
        switch result {
        case .success: notifier.ready(status: await StatusLine.text(engine, transport, webhooks))
        case .failure: notifier.ready(status: "the last reload was refused, nothing has changed; see the log")
        }
        return result
    }

    private func load() async throws(ReloadRefusal) -> ReloadAnswer {
        let before = configuration
        let (wanted, files): (DaemonConfiguration, LoadedFiles)
        do {
            // Files are read and workflows walked through: a disk that hangs is to hang the reload alone.
            (wanted, files) = try await onOwnThread { try self.read(before) }
        } catch let refusal as ReloadRefusal {
            throw refusal
        } catch {
            throw ReloadRefusal(obstacle: "\(error)")
        }
        let after = before.taking(over: wanted)
        do {
            let change = try await engine.load(files.workflows, limits: after.limits) { [self] in
                // Their names are those of a map, so that none is there twice, which is all that it refuses.
                try? transport.replace(participants: after.participants, callbacks: after.callbacks(to: store))
                webhooks.replace(after.feeds.map(\.settings))
                pruner.keep(to: after.retention)
                state.withLock { $0.configuration = after }
            }
            return ReloadAnswer(
                added: change.added, retired: change.retired, changed: before.changes(to: after),
                needsRestart: before.needingRestart(for: wanted), warnings: files.warnings)
        } catch let conflict as WorkflowConflict {
            throw ReloadRefusal(diagnostics: [conflict.description])
        } catch EngineError.stopping {
            throw ReloadRefusal(obstacle: "the daemon is going down")
        } catch {
            throw ReloadRefusal(obstacle: "\(error)")
        }
    }

    /// Everything that is wrong, wherever it is: a bad configuration does not hide a bad workflow.
    private func read(_ before: DaemonConfiguration) throws(ReloadRefusal) -> (DaemonConfiguration, LoadedFiles) {
        var faults: [String] = []
        var wanted = before
        do throws(StartFailure) {
            wanted = try source.read()
        } catch {
            faults += error.lines
        }
        do {
            var files = try LoadedFiles(wanted)
            try files.addPinned(by: store)
            if faults.isEmpty { return (wanted, files) }
        } catch let failure as StartFailure {
            faults += failure.lines
        } catch {
            throw ReloadRefusal(obstacle: "\(error)")
        }
        throw ReloadRefusal(diagnostics: faults)
    }

    private func log(_ result: Result<ReloadAnswer, ReloadRefusal>, _ actor: Actor?) {
        var fields: Logger.Metadata = [:]
        if let actor { fields["ACTOR_UID"] = "\(actor.uid)" }
        func add(_ name: String, _ lines: [String]) {
            if !lines.isEmpty { fields[name] = "\(lines.prefix(Self.loggedMax).joined(separator: "\n"))" }
        }
        switch result {
        case .success(let answer):
            add(
                "CHANGES", answer.added.map { "\($0) is new" } + answer.retired.map { "\($0) retired" } + answer.changed
            )
            add("NEEDS_RESTART", answer.needsRestart)
            add("WARNINGS", answer.warnings)
            logger.tell(.reloaded, fields)
        case .failure(let refusal):
            add("DIAGNOSTICS", refusal.obstacle.map { [$0] } ?? refusal.diagnostics)
            logger.tell(.reloadRefused, fields)
        }
    }

    /// - Returns: `false` when too many wait already.
    private func takeTurn() async -> Bool {
        let isFull = state.withLock { $0.waiting.count >= Self.waitingMax }
        if isFull { return false }
        await withCheckedContinuation { continuation in
            let isMine = state.withLock { state in
                guard state.isBusy else {
                    state.isBusy = true
                    return true
                }
                state.waiting.append(continuation)
                return false
            }
            if isMine { continuation.resume() }
        }
        return true
    }

    private func giveTurn() {
        let next = state.withLock { state in
            if state.waiting.isEmpty {
                state.isBusy = false
                return nil as CheckedContinuation<Void, Never>?
            }
            return state.waiting.removeFirst()
        }
        next?.resume()
    }
}
