import CEL
import ControlServer
import Logging
import Participants
import SagaCore
import SagaEngine
import SagaStore
import ServiceLifecycle
import Synchronization
import Testing
import WorkflowFile

@testable import Webhooks

/// A receiver that answers as it is told to, and keeps what it was sent.
private final class Receiver: Sendable {
    struct Sent: Sendable {
        var id: String
        var subjects: [String]
        var body: String
        var type: String
    }

    private struct State {
        var sent: [Sent] = []
        var waits: [Int64] = []
        var watchers: [(count: Int, CheckedContinuation<Void, Never>)] = []
        var held: CheckedContinuation<Void, Never>?
        var isOpen = true
        var ticks: Int64 = 0
    }

    private let state = Mutex(State())
    private let script: @Sendable (Int) -> Poster.Ending

    static let taken = Poster.Ending.answered(status: 204, retryAfter: nil, words: "")

    /// - Parameter script: the answer to the post of that number, from 0.
    init(_ script: @escaping @Sendable (Int) -> Poster.Ending = { _ in Receiver.taken }) { self.script = script }

    var sent: [Sent] { state.withLock { $0.sent } }
    /// How long was waited, in order.
    var waits: [Int64] { state.withLock { $0.waits } }

    /// Each batch that was taken, once.
    var subjects: [String] {
        var seen: Set<String> = []
        return sent.filter { seen.insert($0.id).inserted }.flatMap(\.subjects)
    }

    func posts(atLeast count: Int) async {
        await withCheckedContinuation { continuation in
            let isThere = state.withLock { state in
                if state.sent.count >= count { return true }
                state.watchers.append((count, continuation))
                return false
            }
            if isThere { continuation.resume() }
        }
    }

    var outside: Webhook.Outside {
        Webhook.Outside(
            post: { batch, _ in
                let body = String(decoding: batch.body, as: UTF8.self)
                let subjects = body.matches(of: /"subject":"([0-9a-f-]+)"/).map { String($0.output.1) }
                let (number, ready) = self.state.withLock { state in
                    state.sent.append(
                        Sent(id: batch.id, subjects: subjects, body: body, type: batch.contentType))
                    let ready = state.watchers.filter { $0.count <= state.sent.count }
                    state.watchers.removeAll { $0.count <= state.sent.count }
                    return (state.sent.count - 1, ready)
                }
                for (_, continuation) in ready { continuation.resume() }
                return self.script(number)
            },
            sleep: { milliseconds in
                self.state.withLock { $0.waits.append(milliseconds) }
                await Task.yield()
                try Task.checkCancellation()
            }, ticks: { self.state.withLock { $0.ticks } })
    }
}

private struct NoTransport: Transport {
    func carry(_ call: Call) async -> Carried { Carried(.unreached(message: "there is none"), .abandoned) }
    func lane(of participant: String) -> LaneSettings { LaneSettings(concurrency: 1) }
}

/// One receiver on a real engine.
@Suite(.timeLimit(.minutes(30))) struct WebhookTests {
    private let store: SagaStore
    private let workflow: LoadedWorkflow
    private let lines = Lines()

    init() throws {
        store = try SagaStore.inMemory()
        let file = WorkflowFile.parse(
            text: """
                workflow: note
                version: "1"
                summary: Ends at once.
                input: { type: object, properties: { n: { type: integer } } }
                initial: Waiting
                states:
                  Waiting: { signals: { go: Done }, after: { 1h: Done } }
                  Done: { end: succeeded }
                """, path: "note.yaml")
        workflow = LoadedWorkflow(
            workflow: try #require(file.workflow, "\(file.diagnostics)"), source: file.source)
    }

    /// As a process has one.
    private func engine(paused: Bool = false) throws -> Engine {
        try Engine(
            store: store, workflows: [workflow], transport: NoTransport(), logger: lines.logger, paused: paused)
    }

    private func settings(_ name: String = "books", kinds: Set<String> = ["started"], batch: Int = 100) throws
        -> WebhookSettings
    {
        WebhookSettings(
            consumer: name, address: try ParticipantAddress(parsing: "http://127.0.0.1:1/hook"),
            filter: FeedFilter(kinds: kinds), batch: batch, start: .start)
    }

    private func running(_ engine: Engine, _ webhooks: [Webhook] = [], _ body: () async throws -> Void) async throws {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await engine.run() }
            for webhook in webhooks { group.addTask { await webhook.run() } }
            defer { group.cancelAll() }
            try await body()
            // First those that tell, as the daemon does.
            for webhook in webhooks { webhook.stop() }
            for webhook in webhooks { await webhook.ended() }
        }
    }

    private func start(_ engine: Engine) async throws -> String {
        try await engine.start(StartCommand(workflow: "note", input: .map(MapValue()))).saga.id.description
    }

    private func webhook(_ engine: Engine, _ receiver: Receiver, _ settings: WebhookSettings) -> Webhook {
        Webhook(settings, engine, receiver.outside, lines.logger)
    }

    private func until(_ engine: Engine, _ isTrue: () async throws -> Bool) async throws {
        while !(try await isTrue()) { _ = await engine.probe() }
    }

    @Test func `all is told in its order, in a list or each by itself, and acknowledged`() async throws {
        for batch in [100, 1] {
            let receiver = Receiver()
            let engine = try engine()
            let hook = webhook(engine, receiver, try settings("c\(batch)", batch: batch))
            try await running(engine, [hook]) {
                var ids: [String] = []
                for _ in 0..<20 { ids.append(try await start(engine)) }
                try await until(engine) { try await engine.consumer("c\(batch)", hook.shown.progress).behind == 0 }
                #expect(receiver.subjects.suffix(20) == ids[...])
                for sent in receiver.sent {
                    #expect(sent.type == (batch == 1 ? CloudEvent.contentType : CloudEvent.batchContentType))
                    #expect(sent.body.hasPrefix(batch == 1 ? "{" : "[{") && sent.subjects.count <= batch)
                }
                #expect(hook.shown.deliveries == [.taken: receiver.sent.count])
            }
            // What was taken is kept at the latest when it ends.
            let row = try #require(try store.read { try $0.consumer("c\(batch)") })
            #expect(try store.read { try $0.feedLife() }.end == row.place)
        }
    }

    @Test func `what is not taken is sent again as it was, and nothing is passed over`() async throws {
        let receiver = Receiver { number in
            switch number {
            case 0: .unreached("no route")
            case 1: .answered(status: 500, retryAfter: nil, words: "the answer was 500: oh")
            case 2: .unanswered("it broke")
            case 3: .answered(status: 503, retryAfter: 90_000, words: "the answer was 503")
            default: Receiver.taken
            }
        }
        let engine = try engine()
        let hook = webhook(engine, receiver, try settings())
        let ids = [try await startedBefore(), try await startedBefore()]
        try await running(engine, [hook]) {
            await receiver.posts(atLeast: 5)
            try await until(engine) { hook.shown.state == .delivering }
            #expect(Set(receiver.sent.prefix(5).map(\.id)).count == 1)
            #expect(Set(receiver.sent.prefix(5).map(\.body)).count == 1)
            #expect(receiver.subjects == ids)
            #expect(receiver.waits == [1_000, 2_000, 4_000, 90_000])
            #expect(hook.shown.deliveries == [.unreached: 1, .refused: 2, .unanswered: 1, .taken: 1])
            let third = try await start(engine)
            await receiver.posts(atLeast: 6)
            #expect(receiver.subjects == ids + [third])
        }
        let told = lines.lines.filter { $0.contains("receiver") }
        #expect(told.count == 2)
        #expect(told.first?.contains("warning: a receiver takes nothing") == true)
        #expect(told.first?.contains("CONSUMER=books ERROR=no route") == true)
        #expect(told.last?.contains("notice: a receiver takes what it is told again") == true)
        #expect(told.last?.contains("ERROR=the answer was 503") == true)
    }

    /// A saga of before there was anybody to be told.
    private func startedBefore() async throws -> String {
        let engine = try engine()
        var id = ""
        try await running(engine) { id = try await start(engine) }
        return id
    }

    @Test func `the next process goes on behind what was taken`() async throws {
        let first = Receiver()
        let ann = try await startedBefore()
        let engine = try engine()
        let hook = webhook(engine, first, try settings())
        try await running(engine, [hook]) { await first.posts(atLeast: 1) }
        let bob = try await startedBefore()
        let second = Receiver()
        let nextEngine = try self.engine()
        let next = webhook(nextEngine, second, try settings())
        try await running(nextEngine, [next]) { await second.posts(atLeast: 1) }
        #expect(first.subjects == [ann])
        #expect(second.subjects == [bob])
    }

    @Test func `what another process tells again has the same id`() async throws {
        _ = try await startedBefore()
        let away = Receiver { _ in .unanswered("it may have come there") }
        let engine = try engine()
        let hook = webhook(engine, away, try settings())
        try await running(engine, [hook]) { await away.posts(atLeast: 2) }
        let back = Receiver()
        let nextEngine = try self.engine()
        let next = webhook(nextEngine, back, try settings())
        try await running(nextEngine, [next]) { await back.posts(atLeast: 1) }
        #expect(away.sent.first?.id == back.sent.first?.id && away.sent.first?.body == back.sent.first?.body)
        #expect(back.sent.first?.id.firstMatch(of: /^msg_[0-9a-f]{32}$/) != nil)
        // To another consumer it is another message.
        let other = Receiver()
        let thirdEngine = try self.engine()
        let third = webhook(thirdEngine, other, try settings("other"))
        try await running(thirdEngine, [third]) { await other.posts(atLeast: 1) }
        #expect(other.sent.first?.id != back.sent.first?.id && other.sent.first?.body == back.sent.first?.body)
    }

    @Test
    func `records of one input are told once each while the process lives, though a cursor is behind all of them`()
        async throws
    {
        let receiver = Receiver()
        let engine = try engine()
        let hook = webhook(engine, receiver, try settings(kinds: [], batch: 1))
        try await running(engine, [hook]) {
            let id = try await start(engine)
            let count = try await engine.history(SagaReference(try #require(SagaID(id)))).entries.count
            #expect(count > 1)
            try await until(engine) { try await engine.consumer("books", hook.shown.progress).behind == 0 }
            #expect(receiver.sent.count == count && Set(receiver.sent.map(\.id)).count == count)
        }
    }

    @Test func `one that says that it is gone is left alone, until it is configured anew`() async throws {
        _ = try await startedBefore()
        let receiver = Receiver { number in
            number == 0 ? .answered(status: 410, retryAfter: nil, words: "the answer was 410") : Receiver.taken
        }
        let engine = try engine()
        let webhooks = Webhooks(engine: engine, logger: lines.logger) { _ in receiver.outside }
        webhooks.replace([try settings()])
        try await withThrowingTaskGroup(of: Void.self) { group in
            let services = ServiceGroup(
                configuration: .init(services: [webhooks], logger: Logger(label: "t") { _ in SwiftLogNoOpLogHandler() })
            )
            group.addTask { try await engine.run() }
            group.addTask { try await services.run() }
            try await until(engine) { webhooks.shown.first?.state == .gone }
            #expect(webhooks.shown.first?.error == "the answer was 410")
            let second = try await start(engine)
            #expect(receiver.sent.count == 1)
            webhooks.replace([try settings()])
            await receiver.posts(atLeast: 2)
            #expect(receiver.subjects.contains(second))
            try await until(engine) { webhooks.shown.first?.deliveries == [.refused: 1, .taken: 1] }
            #expect(webhooks.shown.first?.state == .delivering)
            // What is as it was goes on as it was; what is not named any more is told nothing.
            let third = try await start(engine)
            await receiver.posts(atLeast: 3)
            #expect(receiver.subjects.last == third)
            webhooks.replace([])
            #expect(webhooks.shown.isEmpty)
            await services.triggerGracefulShutdown()
            try await group.next()
            group.cancelAll()
        }
    }

    @Test func `one that an operator moves back is told again`() async throws {
        let receiver = Receiver()
        let engine = try engine()
        let hook = webhook(engine, receiver, try settings())
        try await running(engine, [hook]) {
            let id = try await start(engine)
            await receiver.posts(atLeast: 1)
            try await until(engine) { try await engine.consumer("books").behind == 0 }
            _ = try await engine.move(consumer: "books", to: .start, reason: "lost")
            await receiver.posts(atLeast: 2)
            #expect(receiver.sent.map(\.subjects) == [[id], [id]])
        }
    }

    @Test func `while nothing moves nobody is told anything`() async throws {
        _ = try await startedBefore()
        let paused = try engine(paused: true)
        let receiver = Receiver()
        let hook = Webhook(try settings(), paused, receiver.outside, lines.logger)
        await withTaskGroup(of: Void.self) { group in
            group.addTask { try? await paused.run() }
            group.addTask { await hook.run() }
            while receiver.waits.count < 3 { _ = await paused.probe() }
            #expect(receiver.sent.isEmpty)
            _ = await paused.resume(reason: "looked at")
            await receiver.posts(atLeast: 1)
            group.cancelAll()
        }
    }
}

/// Keeps what is logged.
private final class Lines: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "hooks") { _ in Handler(record: self) } }

    private struct Handler: LogHandler {
        let record: Lines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        init(record: Lines) { self.record = record }

        subscript(metadataKey key: String) -> Logger.Metadata.Value? {
            get { metadata[key] }
            set { metadata[key] = newValue }
        }

        func log(event: LogEvent) {
            let fields = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { " \($0.key)=\($0.value)" }
            record.kept.withLock { $0.append("\(event.level): \(event.message)" + fields.joined()) }
        }
    }
}
