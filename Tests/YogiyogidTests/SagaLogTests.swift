import CEL
import Logging
import SagaCore
import ServiceLifecycle
import Synchronization
import Testing
import WorkflowFile

@testable import SagaEngine
@testable import YogiyogidProgram

/// What the log says of sagas, to the field.
struct SagaLogTests {
    private static let card = "4111111111111111"

    private static let text = """
        workflow: order
        version: "1"
        summary: For the log.
        input:
          type: object
          additionalProperties: false
          required: [card]
          properties: { card: { type: string, secret: true } }
        key: k-7
        initial: Paying
        states:
          Paying:
            call: payment.charge
            with: { card: "${ input.card }" }
            retry: { interval: 1s, attempts: 1 }
            compensate: { call: payment.refund }
            then: Reserved
            refused: Cancelled
            signals: { confirm: defer }
            after: { 10m: Cancelled }
          Reserved:
            signals: { confirm: Confirmed }
            after: { 72h: Cancelled }
          Confirmed: { end: succeeded }
          Cancelled: { end: cancelled }
        """

    /// A saga that is driven by hand, and what the log says of each input.
    private final class Story {
        let workflow: Workflow
        let log: SagaLog
        var saga: Saga
        var now = Instant(milliseconds: 1_798_797_600_000)

        init(level: Logger.Level = .info, by: Actor? = nil, backlogMax: Int = 10) throws {
            workflow = try #require(WorkflowFile.parse(text: SagaLogTests.text, path: "order.yaml").workflow)
            let kept = Lines()
            log = SagaLog(
                logger: Logger(label: "test") { _ in LineHandler(level: level, lines: kept) }, backlogMax: backlogMax)
            self.kept = kept
            let id = SagaID(milliseconds: now.milliseconds, counter: 1, random: 1)
            let input = Value.map(MapValue([("card", .string(SagaLogTests.card))]))
            let decision = try Saga.start(StartSent(id: id, input: input, by: by), in: workflow, at: now)
            saga = decision.saga
            tell(decision)
        }

        private let kept: Lines

        func tell(_ decision: Decision) {
            saga = decision.saga
            guard !decision.records.isEmpty else { return }
            log.tell(CommittedChange(saga: saga, workflow: workflow, records: decision.records, at: now))
        }

        func send(_ input: Input) throws {
            now = now + 1_000
            tell(try saga.decide(input, in: workflow, at: now))
        }

        /// Signals whose commits the log hears of as the engine tells it; said so far is nothing.
        func commit(signalsBy uids: [UInt32]) throws {
            _ = said()
            for uid in uids {
                let signal = SignalSent(name: "confirm", by: Actor(uid: uid, gid: 1, pid: 1))
                let decision = try saga.decide(.signalled(signal), in: workflow, at: now)
                saga = decision.saga
                log.observer([CommittedChange(saga: saga, workflow: workflow, records: decision.records, at: now)])
            }
        }

        /// Runs the log for as long as it takes to end it.
        func end() async throws {
            let log = log
            let running = Task { try await log.run() }
            running.cancel()
            try await running.value
        }

        /// What was said since the last call.
        func said() -> [String] { kept.take() }

        /// What is said from now on.
        var lines: AsyncStream<String> { kept.follow() }
    }

    private static func id(_ story: Story) -> String { story.saga.id.description }

    @Test func `a start names the saga and who started it`() throws {
        let story = try Story(by: Actor(uid: 1000, gid: 100, pid: 42))
        #expect(
            story.said() == [
                "info saga started ACTOR_UID=1000 MESSAGE_ID=76b27adc37f94abe8c4026cb7ea1b4da SAGA_ID=\(Self.id(story)) "
                    + "SAGA_KEY=k-7 SAGA_STATE=Paying SAGA_STATUS=running SAGA_WORKFLOW=order"
            ])
    }

    @Test func `a late answer that contradicts what the saga knows is an alarm, without the secret in it`() throws {
        let story = try Story()
        let attempt = try #require(story.saga.openCalls.attempts.first)
        let of = StepDirection(step: attempt.step, direction: attempt.direction)
        try story.send(
            .attemptEnded(
                AttemptEnded(token: attempt.token, of: of, outcome: .refused(code: "no", message: "declined"))))
        _ = story.said()
        // The same attempt, answered once more, and otherwise.
        try story.send(
            .attemptEnded(AttemptEnded(token: attempt.token, of: of, outcome: .succeeded(result: nil))))
        let said = story.said()
        #expect(said.count == 1)
        let line = try #require(said.first)
        #expect(line.hasPrefix("error saga alarm ALARM="), "\(line)")
        #expect(line.contains("MESSAGE_ID=c3f1b7f0a4d84c1d8e0a6f3b92d57e18"))
        #expect(line.contains("SAGA_ID=\(Self.id(story))"))
        #expect(line.contains("SAGA_OUTCOME=succeeded"))
        #expect(line.contains("SAGA_STEP=Paying"))
    }

    @Test func `a refusal is told with its step, and a secret that the participant repeats is masked`() throws {
        let story = try Story()
        _ = story.said()
        let attempt = try #require(story.saga.openCalls.attempts.first)
        let of = StepDirection(step: attempt.step, direction: attempt.direction)
        let message = "the card \(Self.card) is stolen"
        try story.send(
            .attemptEnded(
                AttemptEnded(token: attempt.token, of: of, outcome: .refused(code: "stolen", message: message))))
        let said = story.said()
        #expect(
            said.first
                == "info call refused REASON=stolen: the card *** is stolen SAGA_ATTEMPT=1 SAGA_CALL=payment.charge "
                + "SAGA_DIRECTION=forward SAGA_ID=\(Self.id(story)) SAGA_KEY=k-7 SAGA_OUTCOME=refused "
                + "SAGA_STATE=\(story.saga.state) SAGA_STATUS=\(story.saga.status.name) SAGA_STEP=Paying SAGA_WORKFLOW=order"
        )
        #expect(said.last?.contains("saga ended") == true)
        #expect(!said.joined().contains(Self.card))
    }

    @Test func `a signal is told with its name, its answer and its sender`() throws {
        let story = try Story()
        _ = story.said()
        try story.send(.signalled(SignalSent(name: "confirm", by: Actor(uid: 7, gid: 7, pid: 7))))
        #expect(
            story.said() == [
                "info signal ACTOR_UID=7 ANSWER=deferred SAGA_ID=\(Self.id(story)) SAGA_KEY=k-7 SAGA_SIGNAL=confirm "
                    + "SAGA_STATE=Paying SAGA_STATUS=running SAGA_WORKFLOW=order"
            ])
    }

    @Test func `what ended the daemon twice is told as that, and not only as stuck`() throws {
        let story = try Story()
        _ = story.said()
        try story.send(.suspected("the daemon ended 2 times while it decided on a start; 'retry' lets the saga go on"))
        let line = try #require(story.said().first)
        #expect(
            line.hasPrefix(
                "error saga put aside, as the daemon ended at it MESSAGE_ID=37ea5ef6277f4bd2ac97c73f653d2270"))
        #expect(line.contains("REASON=poison: the daemon ended 2 times"))
    }

    @Test(.timeLimit(.minutes(30)))
    func `what is committed while the log runs is told without its end`() async throws {
        let story = try Story()
        let log = story.log
        async let _: Void = log.run()
        var lines = story.lines.makeAsyncIterator()
        for uid: UInt32 in [1, 2] {
            try story.commit(signalsBy: [uid])
            #expect(Self.actor(await lines.next()) == uid)
        }
    }

    @Test func `what was committed before the end is told, in its order`() async throws {
        let story = try Story()
        try story.commit(signalsBy: [1, 2, 3])
        try await story.end()
        #expect(story.said().map(Self.actor) == [1, 2, 3])
    }

    @Test func `of more commits than may wait the oldest are dropped and counted`() async throws {
        let story = try Story(backlogMax: 2)
        try story.commit(signalsBy: [1, 2, 3])
        #expect(story.log.dropped == 1)
        try await story.end()
        #expect(story.said().map(Self.actor) == [2, 3])
    }

    private static func actor(_ line: String?) -> UInt32? {
        line?.firstMatch(of: /ACTOR_UID=([0-9]+)/).flatMap { UInt32($0.1) }
    }

    /// Commits while it goes down, as the engine does.
    private struct LastWords: Service {
        let isRunning: AsyncStream<Void>.Continuation
        let commit: @Sendable () -> Void

        func run() async throws {
            isRunning.yield()
            try await gracefulShutdown()
            commit()
        }
    }

    @Test func `what is committed while the daemon goes down is told`() async throws {
        let story = try Story(backlogMax: 100)
        _ = story.said()
        let change = CommittedChange(
            saga: story.saga, workflow: story.workflow, records: [.ended(state: "Cancelled", status: .cancelled)],
            at: story.now)
        let observe = story.log.observer
        let (running, isRunning) = AsyncStream.makeStream(of: Void.self)
        let last = LastWords(isRunning: isRunning) { for _ in 0..<100 { observe([change]) } }
        let group = ServiceGroup(
            configuration: .init(
                services: [story.log, last], logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }))
        async let end: Void = group.run()
        _ = await running.first { _ in true }
        await group.triggerGracefulShutdown()
        try await end
        #expect(story.said().count == 100)
    }

    @Test func `at level warning only what is grave is told`() throws {
        let story = try Story(level: .warning)
        #expect(story.said() == [])
        try story.send(.suspected("twice"))
        #expect(story.said().count == 1)
    }
}

private final class Lines: Sendable {
    private let lines = Mutex<[String]>([])
    private let follower = Mutex<AsyncStream<String>.Continuation?>(nil)

    func add(_ line: String) {
        lines.withLock { $0.append(line) }
        _ = follower.withLock { $0?.yield(line) }
    }

    func follow() -> AsyncStream<String> {
        let (stream, continuation) = AsyncStream<String>.makeStream()
        follower.withLock { $0 = continuation }
        return stream
    }

    func take() -> [String] {
        lines.withLock { lines in
            defer { lines = [] }
            return lines
        }
    }
}

private struct LineHandler: LogHandler {
    var metadata: Logger.Metadata = [:]
    var logLevel: Logger.Level
    let lines: Lines

    init(level: Logger.Level, lines: Lines) {
        logLevel = level
        self.lines = lines
    }

    subscript(metadataKey key: String) -> Logger.Metadata.Value? {
        get { metadata[key] }
        set { metadata[key] = newValue }
    }

    func log(event: LogEvent) {
        let values = (event.metadata ?? [:]).sorted { $0.key < $1.key }.map { "\($0.key)=\($0.value)" }
        lines.add((["\(event.level)", "\(event.message)"] + values).joined(separator: " "))
    }
}
