import GRDB
import SagaCore
import SagaStore
import Synchronization
import TestPrograms
import Testing

@testable import SagaEngine
@testable import SagaStore

/// Rule 24: an outage is not history. Tries that end alike are one row, also across restarts, and it takes the place of the old one in
/// the commit that writes it.
@Suite(.timeLimit(.minutes(30))) struct TriesTests {
    let clock = ManualClock()
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.file("sagas.db") }

    /// Lets second after second pass until so many calls were made.
    private func outage(_ engine: Engine, _ transport: ScriptedTransport, calls: Int) async {
        while transport.calls.count < calls, !Task.isCancelled { await clock.move(.second, engine) }
        await engine.settle()
    }

    private func rows(of saga: SagaID) throws -> Int {
        let raw = try DatabaseQueue(path: path)
        defer { try? raw.close() }
        return try raw.read { db in
            try Int.fetchOne(db, sql: "SELECT count(*) FROM history WHERE saga = ?", arguments: [saga.number]) ?? 0
        }
    }

    @Test func `after 1,000 alike failures the store holds a handful of rows`() async throws {
        let store = try SagaStore.open(at: path)
        let transport = ScriptedTransport { _ in .unknown(message: "no answer in 1 s") }
        let engine = try Engine(store, transport, clock)
        let saga = try await engine.running { () async throws in
            let saga = try await engine.start(.booking()).saga.id
            await outage(engine, transport, calls: 1_000)
            return saga
        }
        #expect(transport.calls.map(\.number) == Array(1...transport.calls.count))
        let kept = try store.read { reading in
            let row = try #require(try reading.saga(number: saga.number))
            return try reading.history(of: row).flatMap(\.records)
        }
        store.close()
        #expect(try rows(of: saga) <= 4)
        let tries = kept.compactMap { if case .unanswered(let tries) = $0 { tries } else { nil } }
        #expect(tries.count == 1)
        #expect(tries.map(\.count).allSatisfy { $0 >= 999 })
        #expect(tries.allSatisfy { $0.attempts >= 999 && $0.first < ManualClock.start + 60_000 })
    }

    @Test func `a restart in the middle of tries folds to the same saga, and it goes on counting`() async throws {
        let store = try SagaStore.open(at: path)
        let transport = ScriptedTransport { _ in .unknown(message: "no answer in 1 s") }
        let engine = try Engine(store, transport, clock)
        let before = try await engine.running { () async throws in
            let saga = try await engine.start(.booking()).saga.id
            await outage(engine, transport, calls: 10)
            return try await engine.look(SagaReference(saga)).saga
        }
        store.close()

        let reopened = try SagaStore.open(at: path)
        let isBack = Atomic(false)
        let again = ScriptedTransport { _ in
            isBack.load(ordering: .relaxed) ? ScriptedTransport.done : .unknown(message: "no answer in 1 s")
        }
        let next = try Engine(reopened, again, clock)
        try await next.running { () async throws in
            #expect(try await next.look(SagaReference(before.id)).saga == before)
            await outage(next, again, calls: 10)
            isBack.store(true, ordering: .relaxed)
            await outage(next, again, calls: 11)
            #expect(try await next.look(SagaReference(before.id), wait: .until(.settled)).saga.state == "Reserved")
        }
        reopened.close()
        #expect(again.calls.first?.number == 11)
        #expect(Set(again.calls.map(\.key)) == Set(transport.calls.map(\.key)))
        #expect(try rows(of: before.id) <= 5)
    }

    @Test func `a row of tries goes in the commit that writes its successor, and stays when that fails`() async throws {
        let isFull = Atomic(false)
        let store = try SagaStore.inMemory {
            if isFull.load(ordering: .relaxed) { throw StoreError(.full, "the disk is full") }
        }
        let rig = try Rig(store, workflow: .booking())
        let saga = try rig.send(.start(.booking())).entry.saga
        func fail() throws(EngineError) -> Saga {
            let attempt = try rig.look(saga.id).openCalls.attempts.first
            let ended = AttemptEnded(
                token: attempt?.token ?? 0, of: StepDirection(step: attempt?.step ?? 0, direction: .forward),
                outcome: .unknown(message: "no answer in 1 s"))
            return try rig.send(.tell(.number(saga.id.number), .attemptEnded(ended))).entry.saga
        }
        func rows() throws -> [HistoryRow] {
            try store.read { reading in
                guard let row = try reading.saga(number: saga.id.number) else { return [] }
                return try reading.history(of: row)
            }
        }
        func count() throws -> Int {
            try store.read { try Int.fetchOne($0.db, sql: "SELECT count(*) FROM history") ?? 0 }
        }
        _ = try fail()
        rig.advance(milliseconds: 1_000)
        let before = try rows()
        let held = try rig.look(saga.id)
        #expect(held.openCalls.attempts.first?.number == 2)

        isFull.store(true, ordering: .relaxed)
        #expect(throws: EngineError.self) { _ = try fail() }
        #expect(try rows().map(\.n) == before.map(\.n))
        #expect(try count() == 0)
        #expect(try Saga.fold(before.flatMap { row in row.records.map { (at: row.at, record: $0) } }) == held)

        isFull.store(false, ordering: .relaxed)
        rig.advance(milliseconds: 2_000)
        let after = try fail()
        #expect(after.steps.first?.attempts == 2)
        #expect(try rows().count == 2)
        // What was replaced is in no row of its own.
        #expect(try count() == 0)
    }
}
