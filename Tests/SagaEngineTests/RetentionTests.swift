import CEL
import Foundation
import GRDB
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// Ended sagas are taken away when their time is over, and nothing else is.
@Suite(.timeLimit(.minutes(30))) struct RetentionTests {
    private static let day: Int64 = 86_400_000
    private let retention = Retention(succeeded: day, jobs: day)
    let path = "/tmp/yogi-\(UUID().uuidString.prefix(13).lowercased())"

    private func store() throws -> SagaStore {
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return try SagaStore.open(at: path + "/sagas.db")
    }

    private func counts() throws -> [Int] {
        let queue = try DatabaseQueue(path: path + "/sagas.db")
        defer { try? queue.close() }
        return try queue.read { db in
            try ["saga", "history", "tag", "view_row"].map {
                try Int.fetchOne(db, sql: "SELECT count(*) FROM \($0)") ?? -1
            }
        }
    }

    /// All steps of one pass.
    private func pass(_ rig: Rig, _ retention: Retention) throws -> Pruned {
        var sum = Pruned()
        var after: Int64? = 0
        while let next = after {
            let step = try rig.loop.writer.prune(retention, after: next, at: rig.clock.now())
            sum.sagas += step.pruned.sagas
            sum.jobs += step.pruned.jobs
            sum.pages += step.pruned.pages
            after = step.next
        }
        return sum
    }

    @Test func `a saga goes with its history, tags and rows of views when its time is over, and its key is free`()
        throws
    {
        let store = try store()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let rig = try Rig(store)
        var ended: [SagaID] = []
        for number in 0..<100 {
            let saga = try rig.start(key: "k-\(number)")
            ended.append(try rig.signal(saga, "bomb").id)
        }
        rig.advance(milliseconds: Self.day - 1)
        #expect(try pass(rig, retention) == Pruned())
        // Another one, so that the newest of them is not the newest of the store; it lives, and is not touched.
        let live = try rig.start(key: "live")
        rig.advance(milliseconds: 1)
        #expect(try pass(rig, Retention(cancelled: 1)) == Pruned())
        let done = try pass(rig, retention)
        #expect(done.sagas == 100 && done.pages > 0)
        #expect(throws: EngineError.self) { try rig.look(ended[7]) }
        #expect(try rig.look(live.id).state == "Waiting")
        #expect(try rig.start(key: "k-7").id != ended[7])
        store.close()
        #expect(try counts() == [2, 0, 2, 2])
    }

    /// Else its number would be given to another.
    @Test func `the newest saga stays`() throws {
        let store = try store()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let rig = try Rig(store)
        let old = try rig.start()
        let newest = try rig.start()
        _ = try rig.signal(newest, "bomb")
        _ = try rig.signal(old, "bomb")
        rig.advance(milliseconds: 2 * Self.day)
        #expect(try pass(rig, retention).sagas == 1)
        #expect(try pass(rig, retention) == Pruned())
        _ = try rig.start()
        #expect(try pass(rig, retention).sagas == 1)
        store.close()
    }

    @Test func `a saga that left something outstanding stays unless it is said of those`() async throws {
        let store = try store()
        defer { try? FileManager.default.removeItem(atPath: path) }
        let clock = ManualClock()
        let engine = try Engine(store, ScriptedTransport.holding(), clock)
        try await engine.running { () async throws in
            let saga = try await engine.start(.booking()).saga.id
            _ = try await engine.operate(SagaReference(saga), OperateCommand(.terminate, reason: "over"))
            _ = try await engine.start(.alarm)
            await clock.move(3 * Self.day, engine)
            let all = Retention(succeeded: Self.day, cancelled: Self.day, terminated: Self.day)
            #expect(try await engine.prune(all, after: 0).pruned.sagas == 0)
            #expect(try await engine.effects(EffectFilter()).effects.count == 1)
            let more = Retention(terminated: Self.day, withAlarms: 2 * Self.day)
            #expect(try await engine.prune(more, after: 0).pruned.sagas == 1)
            #expect(try await engine.effects(EffectFilter()).effects.isEmpty)
            #expect(try await engine.status().pruned.sagas == 1)
        }
        store.close()
    }

    @Test func `a step that a crash undoes is done by the next process`() throws {
        let code = Slot<ResultCode>()
        let store = try SagaStore.inMemory {
            if let code = code.get(), code != .SQLITE_OK { throw DatabaseError(resultCode: code) }
        }
        let rig = try Rig(store)
        for _ in 0..<5 { _ = try rig.signal(try rig.start(), "bomb") }
        _ = try rig.start()
        rig.advance(milliseconds: 2 * Self.day)
        code.set(.SQLITE_FULL)
        #expect(throws: StoreError.self) { try pass(rig, retention) }
        code.set(.SQLITE_OK)
        let again = try Rig(store)
        again.advance(milliseconds: 2 * Self.day)
        #expect(try pass(again, retention).sagas == 5)
        #expect(try store.read { try $0.sagas(limit: 10).count } == 1)
    }
}
