import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// What the engine counts.
@Suite(.timeLimit(.minutes(30))) struct MetricsTests {
    let store: SagaStore
    let clock = ManualClock()

    init() throws { store = try SagaStore.inMemory() }

    /// As the rows say.
    private func rows() throws -> [String: Int] {
        try store.read { reading in
            var found: [String: Int] = [:]
            for row in try reading.liveGroups() { found["\(row.status.name) in \(row.state)", default: 0] += row.count }
            return found
        }
    }

    private func counted(_ engine: Engine) async throws -> [String: Int] {
        var found: [String: Int] = [:]
        for group in try #require(await engine.metrics().live) {
            found["\(group.status.name) in \(group.state)", default: 0] += group.count
        }
        return found
    }

    @Test func `live sagas are counted as they move, as the rows have them`() async throws {
        let transport = ScriptedTransport()
        let engine = try Engine(store, transport, clock)
        try await engine.running { () async throws in
            _ = try await engine.start(.booking("Before"), wait: .until(.settled))
            #expect(try await counted(engine) == ["waiting in Reserved": 1])
            var ids: [SagaID] = []
            for name in ["Ann", "Bob", "Cleo", "Dan"] {
                ids.append(try await engine.start(.booking(name), wait: .until(.settled)).saga.id)
                #expect(try await counted(engine) == rows())
            }
            #expect(try await engine.signal(ids[0], "confirm") == .handled)
            #expect(try await counted(engine) == rows())
            _ = try await engine.cancel(SagaReference(ids[1]), CancelSent(), wait: .until(.ended))
            #expect(try await counted(engine) == rows())
            await clock.move(73 * .hour, engine)
            while try await !engine.list(SagaFilter(status: nil)).sagas.allSatisfy({ $0.status.isEnded }) {
                await engine.settle()
            }
            #expect(try await counted(engine) == rows())
            let metrics = await engine.metrics()
            let sagas = try #require(metrics.sagas.all.first).value
            #expect(sagas.started == 5)
            #expect(EngineMetrics.Sagas.endStatuses.map { sagas.ended($0) }.reduce(0, +) == 5)
            #expect(metrics.live == [])
            #expect(metrics.oldest == [:])
        }
    }

    @Test func `what was there before the process is counted too`() async throws {
        let before = try Engine(store, ScriptedTransport(), clock)
        try await before.running { () async throws in
            _ = try await before.start(.booking(), wait: .until(.settled))
        }
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            _ = try await engine.start(.booking("Bob"), wait: .until(.settled))
            #expect(try await counted(engine) == ["waiting in Reserved": 2])
            #expect(await engine.metrics().sagas.all.map(\.value.started) == [1])
        }
    }

    @Test func `a saga that is put aside is counted as stuck`() async throws {
        let before = try Engine(store, ScriptedTransport(), clock)
        let broken = try await before.running { () async throws in
            try await before.start(.booking(), wait: .until(.settled)).saga.id
        }
        var row = try #require(try store.read { try $0.saga(number: broken.number) })
        row.last = 999
        try store.write { try $0.update(row) }
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            #expect(try await counted(engine) == ["waiting in Reserved": 1])
            _ = await refusal { () async throws(EngineError) in
                try await engine.signal(SagaReference(broken), SignalSent(name: "confirm"))
            }
            #expect(try await counted(engine) == ["stuck in Reserved": 1])
        }
    }

    @Test func `the oldest live saga is told, until it has ended`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            let first = try await engine.start(.booking(), wait: .until(.settled)).saga
            await clock.move(.hour, engine)
            let second = try await engine.start(.booking("Bob"), wait: .until(.settled)).saga
            #expect(await engine.metrics().oldest == ["booking": first.startedAt])
            #expect(try await engine.signal(first.id, "confirm") == .handled)
            #expect(await engine.metrics().oldest == ["booking": second.startedAt])
        }
    }

    @Test func `a commit is counted with its orders and its time, and a call with its end`() async throws {
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            _ = try await engine.start(.booking(), wait: .until(.settled))
            let metrics = await engine.metrics()
            #expect(metrics.commit.count == metrics.commits)
            #expect(metrics.sync.count == metrics.commits)
            #expect(metrics.orders.count == metrics.commits)
            #expect(metrics.orders.sum >= Double(metrics.commits))
            #expect(metrics.sync.sum <= metrics.commit.sum)
            let calls = metrics.calls.all.map { "\($0.key) \($0.value.attempts)" }
            let ends = metrics.calls.all.flatMap(\.value.outcomes).map { "\($0.outcome) \($0.seconds.count)" }
            #expect(calls.allSatisfy { $0.hasSuffix(" 1") } && !calls.isEmpty)
            #expect(ends == calls.map { _ in "succeeded 1" })
        }
    }

    @Test func `operations without end are counted as so many and the rest`() async throws {
        let tally = CallTally()
        for number in 0..<1_000 {
            let operation = Operation(participant: "p\(number)", operation: "o")
            tally.left(operation)
            tally.ended(operation, .succeeded(result: nil), nanoseconds: 1)
        }
        let calls = tally.current
        #expect(calls.all.count == EngineMetrics.operationsMax)
        #expect(calls.rest?.attempts == 1_000 - EngineMetrics.operationsMax)
        #expect(calls.rest?.outcomes.map(\.seconds.count) == [1_000 - EngineMetrics.operationsMax])
    }

    @Test func `a command that is turned away is counted`() throws {
        let inbox = Inbox(commandsMax: 1)
        try inbox.push(Posted(ask: .look(.number(1)), port: { _ in }))
        #expect(throws: EngineError.busy(inboxMax: 1)) {
            try inbox.push(Posted(ask: .look(.number(1)), port: { _ in }))
        }
        #expect(inbox.refused == 1)
    }
}
