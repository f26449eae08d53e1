import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// Other workflows and limits are taken over while the engine runs.
@Suite(.timeLimit(.minutes(30))) struct LoadTests {
    let store: SagaStore
    let clock = ManualClock()

    init() throws { store = try SagaStore.inMemory() }

    @Test func `a saga goes on with its version over a load, and new ones take the current one`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock, workflows: [.booking()])
        try await engine.running { () async throws in
            let old = try await engine.start(.booking(), wait: .until(.settled)).saga.id
            let change = try await engine.load(
                [.booking(version: "2", first: "Charging"), .booking(isCurrent: false), .alarm()],
                limits: EngineLimits())
            #expect(change.added == ["alarm 1", "booking 2"])
            #expect(change.retired == ["booking 1"])
            #expect(
                try await engine.signal(SagaReference(old), SignalSent(name: "again"), wait: .until(.settled)).saga
                    .steps
                    .map(\.state) == ["Paying", "Paying"])
            let new = try await engine.start(.booking(), wait: .until(.settled)).saga
            #expect(new.version == "2" && new.steps.map(\.state) == ["Charging"])
            #expect(
                try await engine.workflows().map { "\($0.name) \($0.version) \($0.isCurrent)" }
                    == ["alarm 1 true", "booking 1 false", "booking 2 true"])
        }
    }

    @Test func `what cannot be loaded changes nothing`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock, workflows: [.booking()])
        let adopted = Slot<Bool>()
        try await engine.running { () async throws in
            _ = try await engine.start(.booking(), wait: .until(.settled))
            await #expect(throws: WorkflowConflict.self) {
                _ = try await engine.load(
                    [.alarm(), .booking(first: "Charging")], limits: EngineLimits(), adopting: { adopted.set(true) })
            }
            // A live saga runs on it.
            await #expect(throws: WorkflowMissing.self) {
                _ = try await engine.load([.alarm()], limits: EngineLimits(), adopting: { adopted.set(true) })
            }
            #expect(adopted.get() == nil)
            #expect(try await engine.workflows().map(\.name) == ["booking"])
            #expect(try store.read { try $0.workflows() }.map(\.name) == ["booking"])
            #expect(try await engine.start(.booking(), wait: .until(.settled)).saga.state == "Reserved")
        }
    }

    @Test func `limits are those of the last load`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock, workflows: [.booking()])
        try await engine.running { () async throws in
            var limits = EngineLimits()
            limits.inboxMax = 0
            limits.batchMax = 1
            _ = try await engine.load([.booking()], limits: limits)
            let busy = await refusal { () async throws(EngineError) in try await engine.start(.booking()) }
            #expect(busy == .busy(inboxMax: 0))
            // What the daemon itself asks is heard all the same: else it could never be put right.
            limits.inboxMax = 10
            let change = try await engine.load([.booking()], limits: limits)
            #expect(change.added.isEmpty && change.retired.isEmpty)
            #expect(try await engine.start(.booking()).verdict == .created)
        }
    }

    @Test func `an engine that stops loads nothing`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock, workflows: [.booking()])
        try await engine.running { () async throws in }
        await #expect(throws: EngineError.stopping) {
            _ = try await engine.load([.alarm()], limits: EngineLimits())
        }
    }
}
