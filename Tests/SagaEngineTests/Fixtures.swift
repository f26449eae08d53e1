import CEL
import Logging
import SagaCore
import SagaStore
import Testing
import WorkflowFile

@testable import SagaEngine

extension LoadedWorkflow {
    /// A booking: one call, one undo, a wait for a signal with a long timer.
    static func booking(version: String = "1", first: String = "Paying", isCurrent: Bool = true) throws -> Self {
        try parsed(
            """
            workflow: booking
            version: "\(version)"
            summary: For the tests of the engine.
            input:
              type: object
              required: [guest]
              additionalProperties: false
              properties: { guest: { type: string }, room: { type: string } }
            attributes: { guest: "${ input.guest }" }
            initial: \(first)
            states:
              \(first):
                call: pay.charge
                with: { guest: "${ input.guest }" }
                timeout: 1s
                retry: { interval: 1s, backoff: 1, jitter: false }
                compensate: { call: pay.refund, retry: { interval: 1s, backoff: 1, jitter: false } }
                then: Reserved
                refused: Cancelled
              Reserved:
                signals: { confirm: Confirmed, reject: Cancelled, again: \(first) }
                after: { 72h: Cancelled }
              Confirmed: { end: succeeded }
              Cancelled: { end: cancelled }
            views:
              mypage: { key: "${ input.guest }", row: { status: "${ saga.state }" } }
            """, isCurrent: isCurrent)
    }

    /// Waits for a minute and a half, then for a signal.
    static func alarm() throws -> Self {
        try parsed(
            """
            workflow: alarm
            version: "1"
            summary: Timers.
            initial: Waiting
            states:
              Waiting: { after: { 90s: Rung }, signals: { snooze: Waiting, off: Off } }
              Rung: { signals: { off: Off } }
              Off: { end: succeeded }
              Cancelled: { end: cancelled }
            """)
    }

    static func parsed(_ text: String, isCurrent: Bool = true) throws -> Self {
        let file = WorkflowFile.parse(text: text, path: "fixture.yaml")
        let workflow = try #require(file.workflow, "\(file.diagnostics)")
        return LoadedWorkflow(workflow: workflow, source: text, isCurrent: isCurrent)
    }
}

extension StartCommand {
    static func booking(_ guest: String = "Ann", key: String? = nil, version: String? = nil) -> Self {
        StartCommand(
            workflow: "booking", version: version, key: key, input: .map(MapValue([("guest", .string(guest))])))
    }

    static let alarm = StartCommand(workflow: "alarm", input: .map(MapValue()))
}

extension Wait {
    static func until(_ goal: WaitGoal) -> Wait { Wait(goal: goal, timeout: 300_000) }
}

extension Engine {
    convenience init(
        _ store: SagaStore, _ transport: ScriptedTransport, _ clock: ManualClock, workflows: [LoadedWorkflow]? = nil,
        ticker: any Ticker = MonotonicTicker(), limits: EngineLimits = EngineLimits(),
        observer: @escaping @Sendable ([CommittedChange]) -> Void = { _ in }
    ) throws {
        try self.init(
            store: store, workflows: workflows ?? [.booking(), .alarm()], transport: transport, clock: clock,
            ticker: ticker, limits: limits, logger: Logger(label: "test") { _ in SwiftLogNoOpLogHandler() },
            observer: observer)
    }

    /// Runs the engine for as long as `body`; then stops it as a crash would, but for what it had accepted.
    func running<T: Sendable>(_ body: () async throws -> T) async throws -> T {
        try await withThrowingTaskGroup(of: Void.self) { group in
            group.addTask { try await self.run() }
            defer { group.cancelAll() }
            return try await body()
        }
    }

    /// Two round trips through the loop: what was due at the first is committed at the second.
    func settle() async {
        for _ in 0..<2 { _ = await probe() }
    }

    func signal(_ saga: SagaID, _ name: String, wait: Wait? = nil) async throws -> SignalVerdict {
        try await signal(SagaReference(saga), SignalSent(name: name), wait: wait).verdict
    }

    func names(of saga: SagaID) async throws -> [String] {
        try await history(SagaReference(saga)).entries.map(\.record.name)
    }

    func state(of saga: SagaID) async throws -> String {
        try await look(SagaReference(saga)).saga.state
    }
}

/// The refusal of some work; an issue when there is none.
func refusal<T>(_ work: () async throws(EngineError) -> T) async -> EngineError? {
    do throws(EngineError) {
        _ = try await work()
        Issue.record("it was not refused")
        return nil
    } catch {
        return error
    }
}
