import CEL
import Logging
import SagaCore
import Synchronization
import WorkflowFile

@testable import SagaEngine
@testable import SagaStore

/// The engine's loop over a store in memory, driven by hand; what it calls is answered when the test says so.
final class Shop {
    let store: SagaStore
    let workflows: WorkflowSet
    var now: Int64 = 0
    private var inbox = Inbox(commandsMax: 1_000)
    private var loop: Loop?
    private let sent = Box<Call>()
    private let loaded: [LoadedWorkflow]

    static let beginning: Int64 = 1_798_797_600_000

    init() throws {
        store = try SagaStore.inMemory()
        loaded = try [
            Self.text("1"), Self.text("2").replacing("guest:", with: "who:").replacing("{ confirm:", with: "{ hurry:"),
            Self.text("3").replacing("Reserved", with: "Kept"),
        ].enumerated().map { index, text in
            let file = WorkflowFile.parse(text: text, path: "order.yaml")
            guard let workflow = file.workflow else {
                throw EngineError.store(code: "", message: "\(file.diagnostics)")
            }
            return LoadedWorkflow(workflow: workflow, source: text, isCurrent: index == 0)
        }
        workflows = try WorkflowSet(loaded, in: store)
        try restart()
    }

    /// A new process on the same store.
    func restart(after milliseconds: Int64 = 0) throws {
        now += milliseconds
        inbox = Inbox(commandsMax: 1_000)
        let outlets = Loop.Outlets(
            dispatch: { [sent] in for call in $0 { sent.add(call) } }, observe: { _ in }, waitsEnded: { false },
            gauges: Gauges(), logger: .silent)
        loop = try Loop(
            inbox: inbox, writer: Writer(store: store, workflows: workflows, cacheMax: 100), clock: Fixed(now: clock),
            limits: EngineLimits(), outlets: outlets)
    }

    /// For queries, which need no loop.
    func engine() throws -> Engine {
        try Engine(store: store, workflows: loaded, transport: Nobody(), clock: Fixed(now: clock), logger: .silent)
    }

    var calls: [Call] { sent.all }
    private var clock: Instant { Instant(milliseconds: Self.beginning + now) }

    func drain() {
        while loop?.cycle(at: clock) == .worked {}
    }

    func ask(_ ask: Ask) throws -> Handled {
        let answers = Box<Result<Done, EngineError>>()
        try inbox.push(Posted(ask: ask, port: { answers.add($0) }))
        drain()
        guard let answer = answers.all.first else { throw EngineError.stopping }
        guard let handled = try answer.get().handled else { throw EngineError.stopping }
        return handled
    }

    func tell(_ id: SagaID, _ input: Input) throws -> Handled { try ask(.tell(.number(id.number), input)) }

    func accept(_ act: JobCommand.Act, _ sagas: [SagaID], _ rate: JobRate?) throws -> JobRow {
        let rate = rate ?? JobRate()
        let row = JobRow(
            act: act.rawValue, reason: "r", by: nil, filter: "{}", count: rate.count, per: rate.per,
            acceptedAt: Instant(milliseconds: 0), total: Int64(sagas.count))
        let answers = Box<Result<Done, EngineError>>()
        try inbox.push(Posted(ask: .accept(row, sagas), port: { answers.add($0) }))
        _ = loop?.cycle(at: clock)
        guard case .job(let job)? = try answers.all.first?.get() else { throw EngineError.stopping }
        return job
    }
}

extension Shop {
    /// A saga whose charge is on its way.
    func started(_ name: String, version: String? = nil) throws -> SagaID {
        let input = Value.map(MapValue([("name", .string(name))]))
        return try ask(.start(StartCommand(workflow: "order", version: version, input: input))).entry.saga.id
    }

    /// Answers the saga's call.
    func answer(_ id: SagaID, _ outcome: Outcome) throws {
        guard let call = calls.last(where: { $0.saga == id }) else { throw EngineError.stopping }
        _ = try tell(
            id,
            .attemptEnded(
                AttemptEnded(
                    token: call.token, of: StepDirection(step: call.step, direction: call.direction), outcome: outcome))
        )
    }

    /// A saga that has paid and waits.
    func reserved(_ name: String, version: String? = nil) throws -> SagaID {
        let id = try started(name, version: version)
        try answer(id, .succeeded(result: nil))
        return id
    }

    /// A saga whose refund was refused.
    func stuck(_ name: String) throws -> SagaID {
        let id = try reserved(name)
        _ = try tell(id, .cancelled(CancelSent()))
        try answer(id, .refused(code: "closed", message: ""))
        return id
    }

    func saga(_ id: SagaID) throws -> Saga { try ask(.look(.number(id.number))).entry.saga }

    /// As the store has it.
    func history(_ id: SagaID) throws -> [Record] {
        try store.read { reading in
            guard let row = try reading.saga(number: id.number) else { return [] }
            return try reading.history(of: row).flatMap(\.records)
        }
    }

    /// How many acts each saga's history has.
    func acts(of ids: [SagaID]) throws -> [Int] {
        try ids.map { id in
            try history(id).count { if case .operated = $0 { true } else { false } }
        }
    }

    static func text(_ version: String) -> String {
        """
        workflow: order
        version: "\(version)"
        input:
          type: object
          additionalProperties: false
          required: [name]
          properties: { name: { type: string } }
        attributes: { guest: "${ input.name }" }
        initial: Paying
        states:
          Paying:
            call: payment.charge
            with: { name: "${ input.name }" }
            compensate: { call: payment.refund }
            then: Reserved
            refused: Cancelled
          Reserved:
            signals: { confirm: Confirmed }
            after: { 72h: Cancelled }
          Confirmed: { end: succeeded }
          Cancelled: { end: cancelled }
        """
    }
}

/// What closures of other threads leave.
private final class Box<Item: Sendable>: Sendable {
    private let items = Mutex<[Item]>([])

    var all: [Item] { items.withLock { $0 } }

    func add(_ item: Item) { items.withLock { $0.append(item) } }
}

private struct Fixed: EngineClock {
    var time: Instant

    init(now: Instant) { time = now }

    func now() -> Instant { time }
}

private struct Nobody: Transport {
    func carry(_ call: Call) async -> Carried { Carried(.unknown(message: "nobody is there")) }

    func lane(of participant: String) -> LaneSettings { LaneSettings(concurrency: 1) }
}

extension Logger {
    fileprivate static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}
