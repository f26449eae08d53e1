import AsyncHTTPClient
import CEL
import Contract
import ControlAPI
import ControlClient
import ControlServer
import Foundation
import HTTPTypes
import Hummingbird
import Identity
import Listener
import Logging
import NIOCore
import NIOHTTP1
import SagaCore
import SagaEngine
import SagaStore
import ServiceLifecycle
import Synchronization
import TestPrograms
import Testing
import WorkflowFile

@testable import Gateway

/// The gateway as it runs: on TCP, with a client of a real control socket, behind which a real engine runs the workflow that ships. Only the
/// participants are the test's.
final class House: Sendable {
    let folder: TemporaryFolder
    let engine: Engine
    let services: HouseServices
    let control: ServiceGroup
    private let engines: ServiceGroup
    private let fronts: ServiceGroup
    private let url: String
    private let http: HTTPClient
    /// What of its answers is not as the document says.
    private let breaches = Breaches()
    private static let contract = Result {
        try Contract(
            Gateway.document.json, stray: ProblemKind.ofNoRoute + ProblemKind.atTheDoor,
            as: Gateway.document.problemTypes)
    }

    /// Of the wishes of a test, those that most have not.
    struct Options: Sendable {
        var isOpen = true
        /// What the configuration has beside, where it is not open.
        var identity: [String: Value] = [:]
        var staff: Staff?
        /// Of the issuer.
        var webKeys: @Sendable () -> String = { "{}" }
        var settings = Gateway.Settings()
        var roles: Roles?
        var logger = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
    }

    private init(
        _ options: Options, _ store: SagaStore, _ folder: TemporaryFolder, _ listens: @escaping @Sendable () -> Void
    ) throws {
        let silent = Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() }
        self.folder = folder
        services = HouseServices()
        let file = WorkflowFile.load(path: Programs.root() + "/workflows/reservation.yaml")
        guard let workflow = file.workflow else { throw ProgramFailure("\(file.diagnostics)") }
        let engine = try Engine(
            store: store, workflows: [LoadedWorkflow(workflow: workflow, source: file.source)], transport: services,
            logger: silent)
        self.engine = engine
        let facts = ControlFacts(
            version: "1.2.3", startedAt: SystemClock().now().milliseconds,
            settings: { .init(bodyMax: 1 << 20, limits: EngineLimits(), roles: options.roles) }, participants: { [] },
            logDropped: { 0 }, watchdog: { nil }, reload: { _ in .success(ReloadAnswer()) },
            reading: { headers, body, _ in
                // What came with the answer, so that a test sees what is let through.
                let names = headers.map { $0.name.lowercased() }.sorted().joined(separator: " ")
                let result = MapValue([
                    ("headers", .string(names)), ("body", .string(String(decoding: body, as: UTF8.self))),
                    ("paymentId", .string("pay-9")),
                ])
                return .succeeded(result: Document(read: .map(result)))
            }, keys: { .file })
        let listener = try HTTPListener(
            address: .unix(path: folder.file("y.sock"), mode: 0o600),
            responder: ControlResponder(engine: engine, facts: facts), logger: silent, onListening: { _ in listens() })
        control = ServiceGroup(
            configuration: .init(services: [ControlEnd(listener: listener, engine: engine)], logger: silent))
        engines = ServiceGroup(configuration: .init(services: [engine], logger: silent))
        let hotel = try HTTPListener(
            address: .unix(path: folder.file("r.sock"), mode: 0o600), responder: services.routes().buildResponder(),
            logger: silent, onListening: { _ in listens() })
        let place = "unix:" + folder.file("r.sock")
        let lists = ParticipantLists(places: { .init(payment: place, reservation: place) })
        let client = ControlClient(socketPath: folder.file("y.sock"), timeout: HangLimit.milliseconds, patience: 0)
        let keeper = Doorkeeper(try options.door(), logger: options.logger, fetch: { _ in options.webKeys() })
        let gateway = Gateway(
            client: client, lists: lists, keeper: keeper, settings: { options.settings }, logger: options.logger)
        let front = try HTTPListener(
            address: .tcp(host: "127.0.0.1", port: 0),
            responder: HeldResponder(
                gateway.responder(), try Self.contract.get(), breaches, route: { DocumentPaths.path(of: $0) }),
            logger: silent,
            onListening: { _ in listens() })
        guard case .tcp(_, let port) = front.address else { throw ProgramFailure("no port: \(front.address)") }
        url = "http://127.0.0.1:\(port)"
        fronts = ServiceGroup(
            configuration: .init(
                services: [hotel, front, Closing(client: client, lists: lists)], logger: silent))
        var asking = HTTPClient.Configuration()
        asking.redirectConfiguration = .disallow
        http = HTTPClient(eventLoopGroupProvider: .singleton, configuration: asking)
    }

    /// Runs a house while `body` talks to it.
    static func open(_ options: Options = Options(), _ body: (House) async throws -> Void) async throws {
        let folder = try TemporaryFolder()
        let store = try SagaStore.open(at: folder.file("sagas.db"))
        let (listening, listens) = AsyncStream.makeStream(of: Void.self)
        let house = try House(options, store, folder, { listens.yield() })
        try await withThrowingTaskGroup(of: Void.self) { tasks in
            tasks.addTask { try await house.engines.run() }
            tasks.addTask { try await house.control.run() }
            tasks.addTask { try await house.fronts.run() }
            var iterator = listening.makeAsyncIterator()
            for _ in 1...3 { _ = await iterator.next() }
            _ = await house.engine.probe()
            let result: Result<Void, any Error>
            do {
                result = .success(try await body(house))
            } catch {
                result = .failure(error)
            }
            try await house.http.shutdown()
            await house.fronts.triggerGracefulShutdown()
            await house.control.triggerGracefulShutdown()
            house.services.end()
            await house.engines.triggerGracefulShutdown()
            try await tasks.waitForAll()
            for breach in house.breaches.all { Issue.record("not as the document says: \(breach)") }
            try result.get()
        }
        store.close()
    }

    /// An answer of the gateway.
    struct Answer: Sendable {
        var status: Int
        var headers: HTTPHeaders
        var text: String

        var json: Value { (try? JSON.parse(text)) ?? .null }

        subscript(_ path: String...) -> Value? {
            path.reduce(Optional(json)) { value, name in
                Int(name).map { index in
                    if case .list(let items)? = value, items.indices.contains(index) { items[index] } else { nil }
                } ?? value?[name]
            }
        }

        var problem: String? { self["type"]?.stringValue.map { String($0.split(separator: ":").last ?? "") } }
    }

    /// Asks over HTTP.
    func ask(
        _ method: HTTPMethod, _ path: String, _ body: String? = nil, _ headers: [(String, String)] = []
    ) async throws -> Answer {
        var request = HTTPClientRequest(url: url + path)
        request.method = method
        if let body {
            request.body = .bytes(ByteBuffer(string: body))
            if !headers.contains(where: { $0.0.lowercased() == "content-type" }) {
                request.headers.add(name: "content-type", value: "application/json")
            }
        }
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        let response = try await http.execute(request, timeout: .seconds(Int64(HangLimit.seconds)))
        let bytes = try await response.body.collect(upTo: 64 << 20)
        return Answer(
            status: Int(response.status.code), headers: response.headers, text: String(buffer: bytes))
    }

    /// An answer whose body comes as it is read.
    func begin(_ path: String, _ headers: [(String, String)]) async throws -> HTTPClientResponse {
        var request = HTTPClientRequest(url: url + path)
        for (name, value) in headers { request.headers.add(name: name, value: value) }
        return try await http.execute(request, timeout: .seconds(Int64(HangLimit.seconds)))
    }

    /// An order in the state, by its number; made by the old command line, with a card of its own.
    func order(_ more: String = "", until state: String = "Reserved") async throws -> Int {
        let placed = try await ask(
            .POST, "/orders", #"{"name":"BJ.Kang","cardNo":"111","status":"order start"\#(more)}"#)
        guard placed.status == 201, let number = placed["number"]?.intValue else {
            throw ProgramFailure("no order: \(placed)")
        }
        _ = try await ask(.GET, "/api/v1/sagas/reservation:\(number)?wait=\(state)&timeout=\(HangLimit.seconds)s")
        return Int(number)
    }

    /// The saga of an order, after it got there.
    func settled(_ number: Int, _ goal: String, _ headers: [(String, String)] = []) async throws -> Answer {
        try await ask(
            .GET, "/api/v1/sagas/reservation:\(number)?wait=\(goal)&timeout=\(HangLimit.seconds)s", nil, headers)
    }
}

/// As the daemon's: long polls are answered before the listener waits for its requests.
private struct ControlEnd: Service {
    let listener: HTTPListener<ControlResponder>
    let engine: Engine

    func run() async throws {
        try await withGracefulShutdownHandler {
            try await listener.run()
        } onGracefulShutdown: {
            engine.endWaits()
        }
    }
}

/// Closes what the gateway has open, after it.
private struct Closing: Service {
    let client: ControlClient
    let lists: ParticipantLists

    func run() async throws {
        try? await gracefulShutdown()
        await client.shutdown()
        await lists.shutdown()
    }
}
