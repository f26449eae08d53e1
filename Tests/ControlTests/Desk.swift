import CEL
import Contract
import ControlAPI
import ControlClient
import ControlServer
import Foundation
import Glibc
import Listener
import Logging
import SagaCore
import SagaEngine
import SagaStore
import ServiceLifecycle
import Synchronization
import TestPrograms
import Testing
import WorkflowFile

/// A clock that stands still until it is moved.
final class StillClock: EngineClock {
    private let time = Mutex<Int64>(1_798_797_600_000)  // 2027-01-01T10:00:00Z

    func now() -> Instant { Instant(milliseconds: time.withLock { $0 }) }

    func advance(milliseconds: Int64) { time.withLock { $0 += milliseconds } }
}

/// The control socket as the daemon has it: a real engine on a real store behind a real listener; only the participants and the
/// clock are the test's.
final class Desk: Sendable {
    let folder: TemporaryFolder
    let engine: Engine
    let participants: Participants
    let clock: StillClock
    /// What of its answers is not as the document says.
    private let breaches = Breaches()
    private let sockets: ServiceGroup
    private let engines: ServiceGroup

    var path: String { folder.file("y.sock") }

    /// Of the wishes of a test, those that most have not.
    struct Options: Sendable {
        var limits = EngineLimits()
        var bodyMax = 1 << 20
        var paused = false
        var workflow = Desk.workflow
        var listener = HTTPListenerConfiguration()
        /// Texts of further versions of the workflow, which starts must name.
        var older: [String] = []
        var observer: @Sendable ([CommittedChange]) -> Void = { _ in }
        var reload: @Sendable (Actor?) async -> Result<ReloadAnswer, ReloadRefusal> = { _ in .success(ReloadAnswer()) }
        var keys: @Sendable () async throws -> StoreKeys = { .file }
        var ticker: any Ticker = MonotonicTicker()
        var startedAt = SystemClock().now().milliseconds
        var watchdog: @Sendable () -> ControlFacts.Watchdog? = { nil }
        var process: @Sendable () -> ProcessFacts = { .now }
        var webhooks: @Sendable () -> [ControlFacts.Webhook] = { [] }
        var reading: @Sendable ([(name: String, value: String)], [UInt8], Call) async -> Outcome = { _, _, _ in
            .unknown(message: "nobody reads")
        }
    }

    private static let places = Places(8)
    private static let contract = Result { try Contract(OpenAPIDocument.control.json) }

    private init(
        _ options: Options, _ store: SagaStore, _ folder: TemporaryFolder, onListening: @escaping @Sendable () -> Void
    )
        throws
    {
        self.folder = folder
        participants = Participants()
        clock = StillClock()
        let file = WorkflowFile.parse(text: options.workflow, path: "order.yaml")
        guard let workflow = file.workflow else { throw ProgramFailure("\(file.diagnostics)") }
        var loaded = [LoadedWorkflow(workflow: workflow, source: file.source)]
        for text in options.older {
            let file = WorkflowFile.parse(text: text, path: "older.yaml")
            guard let workflow = file.workflow else { throw ProgramFailure("\(file.diagnostics)") }
            loaded.append(LoadedWorkflow(workflow: workflow, source: text, isCurrent: false))
        }
        engine = try Engine(
            store: store, workflows: loaded,
            transport: participants, clock: clock, ticker: options.ticker, limits: options.limits, logger: .silent,
            paused: options.paused, observer: options.observer)
        let facts = ControlFacts(
            version: "1.2.3", startedAt: options.startedAt,
            settings: { .init(bodyMax: options.bodyMax, limits: options.limits) },
            participants: { [.init(name: "payment", url: "unix:/run/payment.sock", breaker: "closed")] },
            webhooks: options.webhooks,
            logDropped: { 12 }, watchdog: options.watchdog, process: options.process, reload: options.reload,
            reading: options.reading, keys: options.keys)
        let listener = try HTTPListener(
            address: .unix(path: folder.file("y.sock"), mode: 0o600),
            responder: HeldResponder(
                ControlResponder(engine: engine, facts: facts), try Self.contract.get(), breaches,
                route: { ControlAPI.Route.match($0.decodedSegments)?.route.rawValue }),
            configuration: options.listener,
            logger: .silent, onListening: { _ in onListening() })
        sockets = ServiceGroup(
            configuration: .init(services: [Socket(listener: listener, engine: engine)], logger: .silent))
        engines = ServiceGroup(configuration: .init(services: [engine], logger: .silent))
    }

    /// Runs a desk while `body` talks to it, and shuts it down as the daemon does: the socket first, the engine last. An answer that is not
    /// as the document says fails the test.
    static func open(_ options: Options = Options(), _ body: (Desk) async throws -> Void) async throws {
        await places.take()
        defer { places.giveBack() }
        let folder = try TemporaryFolder()
        let store = try SagaStore.open(at: folder.file("sagas.db"))
        let (listening, listens) = AsyncStream.makeStream(of: Void.self)
        let desk = try Desk(options, store, folder, onListening: { listens.yield() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await desk.engines.run() }
            tasks.addTask { try await desk.sockets.run() }
            _ = await listening.first { _ in true }
            _ = await desk.engine.probe()
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(desk))
            } catch {
                result = .failure(error)
            }
            await desk.closeSocket()
            await desk.stopEngine()
            try await tasks.waitForAll()
            for breach in desk.breaches.all { Issue.record("not as the document says: \(breach)") }
            try result.get()
        }
        store.close()
    }

    /// Begins to close the socket.
    func closeSocket() async { await sockets.triggerGracefulShutdown() }

    /// Begins to stop the engine, under a socket that still answers.
    func stopEngine() async { await engines.triggerGracefulShutdown() }

    /// Turns the loop until `isTrue`: each look at it is a round trip through the loop.
    func until(_ isTrue: @Sendable (EngineStatus) -> Bool) async throws {
        while !isTrue(try await engine.status()) { _ = await engine.probe() }
    }

    /// Moves the clock.
    func advance(milliseconds: Int64) {
        clock.advance(milliseconds: milliseconds)
        engine.clockMoved()
    }
}

extension Desk {
    /// One request on a connection of its own; the answer as ``RawSocket/answer()`` gives it.
    func ask(_ request: String, _ fields: [String] = [], body: String? = nil) async throws -> String {
        let socket = try RawSocket(path)
        try await socket.send(Self.message(request, fields, body: body))
        return try await socket.answer()
    }

    /// The bytes of a request.
    static func message(_ request: String, _ fields: [String] = [], body: String? = nil) -> String {
        var lines = ["\(request) HTTP/1.1", "Host: localhost"] + fields
        if let body { lines.append("Content-Length: \(body.utf8.count)") }
        return lines.map { $0 + "\r\n" }.joined() + "\r\n" + (body ?? "")
    }

    /// Starts a saga and returns its id.
    func start(_ more: String = "", wait: String = "settled") async throws -> String {
        let answer = try await ask("POST /v1/sagas?wait=\(wait)", body: Self.startBody(more))
        guard let field = answer.split(separator: "\n").first(where: { $0.hasPrefix("Location: /v1/sagas/") }) else {
            throw ProgramFailure("no start: \(answer)")
        }
        return String(field.dropFirst("Location: /v1/sagas/".count))
    }

    static let card = "4111111111111111"

    static func startBody(_ more: String = "", name: String = "Ann") -> String {
        #"{"workflow":"order","input":{"name":"\#(name)","cardNo":"\#(card)","amount":100}\#(more)}"#
    }

    func withClient(timeout: Int64 = HangLimit.milliseconds, _ body: (ControlClient) async throws -> Void) async throws
    {
        let client = ControlClient(socketPath: path, timeout: timeout)
        do {
            try await body(client)
        } catch {
            await client.shutdown()
            throw error
        }
        await client.shutdown()
    }

    /// Who asks, as histories name it.
    static var by: String { "uid=\(geteuid()) gid=\(getegid()) pid=\(getpid())" }

    static let workflow = """
        workflow: order
        version: "1"
        summary: Something is ordered and paid for.
        input:
          type: object
          additionalProperties: false
          required: [name, cardNo, amount]
          properties:
            name: { type: string, minLength: 1, maxLength: 40 }
            cardNo: { type: string, minLength: 1, maxLength: 32, secret: true }
            amount: { type: integer, minimum: 0 }
            note: { type: string }
        attributes:
          guest: ${ input.name }
          receipt: "${ has(vars.receipt) ? vars.receipt : 'none' }"
        initial: Paying
        states:
          Paying:
            call: payment.charge
            with: { cardNo: "${ input.cardNo }", amount: "${ input.amount }" }
            retry: { interval: 1s, backoff: 1, max: 1s, jitter: false }
            set: { receipt: "${ has(result.receipt) ? result.receipt : 'none' }" }
            compensate: { call: payment.refund }
            then: Reserved
            refused: Cancelled
            signals: { confirm: defer, later: refuse }
            after: { 10m: Cancelled }
          Reserved:
            signals:
              confirm: Shipping
              reject: Cancelled
              pick: [ { when: "signal.data.size > 2", to: Shipping } ]
            after: { 72h: Cancelled }
          Shipping:
            call: payment.ship
            compensate: none
            because: what is shipped is shipped
            cancel: refuse
            then: Confirmed
            refused: Cancelled
            after: { 10m: Cancelled }
          Confirmed: { end: succeeded }
          Cancelled: { end: cancelled }
        views:
          mine:
            key: "${ input.name }"
            row: { order: "${ saga.id }", status: "${ saga.state }", receipt: "${ has(vars.receipt) ? vars.receipt : '' }" }
        """
}

/// As the daemon's: long polls are answered before the listener waits for its requests.
private struct Socket: Service {
    let listener: HTTPListener<HeldResponder<ControlResponder>>
    let engine: Engine

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await listener.run()
        } onGracefulShutdown: {
            engine.endWaits()
        }
    }
}

extension Logger {
    static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}

extension Participants {
    /// How often an operation was called.
    func count(_ operation: String) -> Int { calls.count { $0.operation.description == operation } }
}

extension String {
    /// An answer without the number of digits that name its sagas, which depends on when they were started.
    var withoutDigits: String { replacing(/,"idDigits":[0-9]+/, with: "") }
}
