import CEL
import Logging
import SagaCore
import SagaStore
import Synchronization
import WorkflowFile

@testable import SagaEngine

/// The engine's loop on a store, turned by hand: each order is answered before the next one is sent.
final class Rig {
    let store: SagaStore
    let loop: Loop
    let inbox: Inbox
    let clock = HandClock()
    let gauges = Gauges()
    let logged: LogLines

    struct HandClock: EngineClock {
        let time = SharedTime()

        func now() -> Instant { Instant(milliseconds: time.milliseconds.withLock { $0 }) }
    }

    final class SharedTime: Sendable {
        let milliseconds = Mutex<Int64>(1_798_797_600_000)  // 2027-01-01T10:00:00Z
    }

    private let unsent = Unsent()

    /// Calls that never leave.
    private final class Unsent: Sendable {
        let calls = Mutex<[Call]>([])

        func take() -> [Call] {
            calls.withLock { calls in
                defer { calls = [] }
                return calls
            }
        }
    }

    /// - Parameter keepsCalls: whether calls wait to be given back at the end; else they are lost.
    init(
        _ store: SagaStore, workflow: LoadedWorkflow? = nil, earlyMax: Int = 10_000, earlyBytesMax: Int = 64 << 20,
        keepsCalls: Bool = false,
        random: @escaping () -> UInt64 = { .random(in: 0 ... .max) },
        decide: @escaping Writer.Decide = { (saga, input, workflow, now) throws(Rejection) in
            try saga.decide(input, in: workflow, at: now)
        }
    ) throws {
        self.store = store
        let set = try WorkflowSet([workflow ?? .parsed(Self.workflow)], in: store)
        let writer = try Writer(
            store: store, workflows: set, cacheMax: 100, earlyMax: earlyMax, earlyBytesMax: earlyBytesMax,
            decide: decide,
            random: random)
        inbox = Inbox(commandsMax: 100)
        let lines = LogLines()
        logged = lines
        loop = try Loop(
            inbox: inbox, writer: writer, clock: clock, limits: EngineLimits(),
            outlets: Loop.Outlets(
                dispatch: { [unsent] calls in if keepsCalls { unsent.calls.withLock { $0 += calls } } },
                observe: { _ in }, waitsEnded: { false }, gauges: gauges, logger: lines.logger,
                giveBack: { [unsent] in unsent.take() }))
    }

    /// Sends an order and turns the loop until it is answered.
    func send(_ ask: Ask) throws(EngineError) -> Handled {
        guard let handled = try done(ask).handled else { throw .stopping }
        return handled
    }

    func done(_ ask: Ask) throws(EngineError) -> Done {
        let answer = Slot<Result<Done, EngineError>>()
        try inbox.push(Posted(ask: ask, port: { answer.set($0) }))
        while true {
            _ = loop.cycle(at: clock.now())
            if let result = answer.get() { return try result.get() }
        }
    }

    /// Sends a signal that no saga is there for.
    /// - Returns: until when it is kept; `nil` when it is not.
    func keep(_ ask: Ask) throws(EngineError) -> Instant? {
        if case .kept(let until) = try done(ask) { until } else { nil }
    }

    func probe() throws(EngineError) -> Proof {
        let answer = Slot<Result<Proof, EngineError>>()
        try inbox.push(.chore(.probe(writing: false, { answer.set($0) })))
        while true {
            _ = loop.cycle(at: clock.now())
            if let result = answer.get() { return try result.get() }
        }
    }

    func advance(milliseconds: Int64) {
        clock.time.milliseconds.withLock { $0 += milliseconds }
        _ = loop.cycle(at: clock.now())
    }

    func start(key: String? = nil, note: String = "") throws(EngineError) -> Saga {
        let input = Value.map(MapValue([("note", .string(note))]))
        return try send(.start(StartCommand(workflow: "desk", key: key, input: input))).entry.saga
    }

    func signal(_ saga: Saga, _ name: String) throws(EngineError) -> Saga {
        try send(.tell(.number(saga.id.number), .signalled(SignalSent(name: name)))).entry.saga
    }

    func look(_ id: SagaID) throws(EngineError) -> Saga { try send(.look(.number(id.number))).entry.saga }

    static let workflow = """
        workflow: desk
        version: "1"
        summary: Waits to be told.
        input: { type: object, properties: { note: { type: string } } }
        initial: Waiting
        states:
          Waiting: { signals: { bomb: Done, go: Later, late: refuse }, after: { 1h: Done } }
          Later: { signals: { confirm: Done } }
          Done: { end: succeeded }
        views: { desks: { key: "${ saga.key }", row: { state: "${ saga.state }" } } }
        """
}

/// A place for one value.
final class Slot<T: Sendable>: Sendable {
    private let value = Mutex<T?>(nil)

    func set(_ new: T) { value.withLock { $0 = new } }

    func get() -> T? { value.withLock { $0 } }
}

/// Keeps what is logged, a line an event: level, message, metadata by key.
final class LogLines: Sendable {
    private let kept = Mutex<[String]>([])

    var lines: [String] { kept.withLock { $0 } }

    var logger: Logger { Logger(label: "rig") { _ in Handler(record: self) } }

    private struct Handler: LogHandler {
        let record: LogLines
        var logLevel = Logger.Level.trace
        var metadata: Logger.Metadata = [:]

        init(record: LogLines) { self.record = record }

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
