import CEL
import GRDB
import SagaCore
import Synchronization
import Testing

@testable import SagaEngine
@testable import SagaStore

/// First all that a batch wants is fetched, then it is decided in memory, then it is written.
struct TwoPhaseTests {
    /// What the writing connection runs, in order.
    private final class Statements: Sendable {
        private let kept = Mutex<[String]>([])

        init(of store: SagaStore) {
            store.database.writeWithoutTransaction { db in
                db.trace { [self] event in
                    if case .statement(let statement) = event { kept.withLock { $0.append(statement.sql) } }
                }
            }
        }

        var all: [String] { kept.withLock { $0 } }

        /// What was read between the begin and the end of a write.
        var readsInWrites: [String] {
            var isWriting = false
            return all.filter { sql in
                if sql.hasPrefix("BEGIN IMMEDIATE") { isWriting = true }
                if sql.hasPrefix("COMMIT") || sql.hasPrefix("ROLLBACK") { isWriting = false }
                return isWriting && (sql.hasPrefix("SELECT") || sql.contains("RETURNING"))
            }
        }
    }

    private func start(_ key: String?, note: String = "") -> Posted {
        let input = Value.map(MapValue([("note", .string(note))]))
        return Posted(ask: .start(StartCommand(workflow: "desk", key: key, input: input)), port: { _ in })
    }

    private func early(_ name: String, key: String) -> Posted {
        Posted(ask: .early(KeyedSignal(workflow: "desk", key: key, signal: SignalSent(name: name))), port: { _ in })
    }

    @Test func `nothing is read inside of a write, whatever is written`() throws {
        let store = try SagaStore.inMemory()
        let rig = try Rig(store)
        let statements = Statements(of: store)
        _ = try rig.keep(early("go", key: "k").ask)
        let saga = try rig.start(key: "k")
        let own = try rig.start()
        _ = try rig.signal(saga, "confirm")
        for key in 0..<20 { _ = try rig.start(key: "many \(key)") }
        // More sagas than are in memory are told by the beginning of an id, by key and by number.
        _ = try rig.send(.operate(.number(own.id.number), OperateCommand(.pause, reason: "r")))
        var job = JobRow(
            act: "resume", reason: "r", by: nil, filter: "{}", count: 100, per: 1_000,
            acceptedAt: Instant(milliseconds: 0), total: 1)
        job.total = 2
        guard case .job = try rig.done(.accept(job, [own.id, saga.id])) else {
            Issue.record("it is something else")
            return
        }
        rig.advance(milliseconds: 3_600_000)
        rig.advance(milliseconds: 3_600_000)
        _ = try rig.keep(early("go", key: "nobody").ask)
        rig.advance(milliseconds: KeyedSignal.keptForMax)
        _ = try store.rekey(.file)
        while try !store.reseal().isDone {}
        let retention = Retention(succeeded: 1_000)
        while try rig.loop.writer.prune(retention, after: 0, at: rig.clock.now()).pruned.sagas > 0 {}
        try store.probe(writing: true)
        #expect(statements.all.contains { $0.hasPrefix("DELETE FROM saga") })
        #expect(statements.all.contains { $0.hasPrefix("UPDATE saga SET tail") })
        #expect(statements.all.contains { $0.hasPrefix("UPDATE job_saga") })
        #expect(statements.readsInWrites == [])
    }

    @Test func `a batch is fetched before it is decided, and needs one write`() throws {
        let store = try SagaStore.inMemory()
        let rig = try Rig(store)
        let ids = try (0..<5).map { try rig.start(key: "old \($0)").id }
        let next = try Rig(store)
        let statements = Statements(of: store)
        let tells = ids.map {
            Posted(ask: .tell(.number($0.number), .signalled(SignalSent(name: "go"))), port: { _ in })
        }
        let done = try next.loop.writer.commit(tells + [start("new")], at: next.clock.now())
        #expect(done.changed.count == 6)
        let begins = statements.all.indices.filter { statements.all[$0].hasPrefix("BEGIN IMMEDIATE") }
        #expect(begins.count == 1)
        #expect(statements.all[(begins.first ?? 0)...].allSatisfy { !$0.hasPrefix("SELECT") })
    }

    @Test func `a keyed start sees the start before it in the same batch`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        let done = try rig.loop.writer.commit(
            [start("k", note: "a"), start("k", note: "a"), start("k", note: "b"), start("other")], at: rig.clock.now())
        let sagas = done.results.map { try? $0.get().handled?.entry.saga.id }
        #expect(sagas[0] == sagas[1])
        guard case .failure(.keyConflict("k", let existing)) = done.results[2] else {
            Issue.record("\(done.results[2])")
            return
        }
        #expect(existing == sagas[0] && sagas[3] != sagas[0])
        #expect(done.changed.count == 2)
    }

    @Test func `an early signal and the start of its key in one batch find each other, whichever comes first`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        let first = try rig.loop.writer.commit([early("go", key: "a"), start("a")], at: rig.clock.now())
        #expect(first.changed.map(\.saga.state) == ["Later"])
        let second = try rig.loop.writer.commit([start("b"), early("go", key: "b")], at: rig.clock.now())
        #expect(second.changed.map(\.saga.state) == ["Later"])
        #expect(try rig.store.read { try $0.earlySignalCount() }.count == 0)
        #expect(rig.loop.writer.early.count == 0)
    }

    @Test func `rule 2: an order that the store refuses leaves nothing, and those beside it commit`() throws {
        let store = try SagaStore.inMemory()
        let rig = try Rig(store)
        let (first, second) = (try rig.start(key: "one"), try rig.start(key: "two"))
        // Its history row is written before its saga row is refused.
        try store.database.write { db in
            try db.execute(
                sql: """
                    CREATE TRIGGER refuse BEFORE UPDATE ON saga WHEN NEW.number = \(second.id.number)
                    BEGIN SELECT RAISE(ABORT, 'not this one'); END
                    """)
        }
        let answers = Mutex<[Int: Result<Done, EngineError>]>([:])
        let go = Input.signalled(SignalSent(name: "go"))
        let orders: [Ask] = [
            .tell(.number(first.id.number), go), .tell(.number(second.id.number), go), start("three").ask,
            early("go", key: "four").ask,
        ]
        for (index, ask) in orders.enumerated() {
            try rig.inbox.push(Posted(ask: ask, port: { result in answers.withLock { $0[index] = result } }))
        }
        while answers.withLock({ $0.count }) < 4 { _ = rig.loop.cycle(at: rig.clock.now()) }
        let results = answers.withLock { $0 }
        guard case .failure(.store(code: "failed", let message))? = results[1] else {
            Issue.record("\(String(describing: results[1]))")
            return
        }
        #expect(message.contains("not this one"))
        #expect(try results[0]?.get().handled?.entry.saga.state == "Later")
        #expect(try rig.look(second.id).state == "Waiting")
        let third = try #require(try results[2]?.get().handled?.entry.saga)
        guard case .success(.kept)? = results[3] else {
            Issue.record("\(String(describing: results[3]))")
            return
        }
        let rows = try store.read { try $0.sagas(limit: 10) }
        #expect(rows.map(\.id) == [third.id, second.id, first.id])
        #expect(rows.map(\.last) == [1, 1, 2])
        #expect(try store.read { reading in try rows.flatMap { try reading.history(of: $0) } }.count == 4)
    }
}
