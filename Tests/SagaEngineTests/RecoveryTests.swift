import CEL
import Foundation
import GRDB
import SagaCore
import SagaStore
import TestPrograms
import Testing

@testable import SagaEngine

@Suite(.timeLimit(.minutes(30))) struct RecoveryTests {
    let clock = ManualClock()
    let folder: TemporaryFolder

    init() throws { folder = try TemporaryFolder() }

    private var path: String { folder.file("sagas.db") }

    @Test func `rules 3 and 7: a call in flight at the end of a process is unknown, and the same key is sent again`()
        async throws
    {
        let store = try SagaStore.open(at: path)
        let transport = ScriptedTransport.holding()
        let engine = try Engine(store, transport, clock)
        let saga = try await engine.running { () async throws in
            let saga = try await engine.start(.booking()).saga.id
            _ = await transport.calls(atLeast: 1)
            return saga
        }
        store.close()

        let reopened = try SagaStore.open(at: path)
        defer { reopened.close() }
        let again = ScriptedTransport()
        let next = try Engine(reopened, again, clock)
        try await next.running { () async throws in
            let recovered = try await next.look(SagaReference(saga), wait: .until(.news(length: 5, token: .max))).saga
            #expect(recovered.steps.map(\.effect) == [.unknown])
            #expect(again.calls.isEmpty)
            let entries = try await next.history(SagaReference(saga)).entries
            guard case .unanswered(let tries) = entries[4].record else {
                Issue.record("\(entries[4].record)")
                return
            }
            #expect(tries.step == 3 && tries.direction == .forward && tries.kind == .unknown)
            #expect(tries.messages == ["the daemon ended while the call was in flight"])
            await clock.move(.second, next)
            let calls = await again.calls(atLeast: 1)
            #expect(calls[0].key == transport.calls[0].key)
            #expect(calls[0].request == transport.calls[0].request)
            #expect(calls[0].number == 2)
            #expect(try await next.look(SagaReference(saga), wait: .until(.settled)).saga.state == "Reserved")
        }
    }

    @Test func `rule 3: an undo in flight is sent again, with its own key`() async throws {
        let store = try SagaStore.inMemory()
        let transport = ScriptedTransport { $0.direction == .forward ? ScriptedTransport.done : nil }
        let engine = try Engine(store, transport, clock)
        let saga = try await engine.running { () async throws in
            let saga = try await engine.start(.booking(), wait: .until(.settled)).saga.id
            _ = try await engine.signal(saga, "reject")
            _ = await transport.calls(atLeast: 2)
            return saga
        }
        let again = ScriptedTransport()
        let next = try Engine(store, again, clock)
        try await next.running { () async throws in
            await next.settle()
            await clock.move(.second, next)
            let calls = await again.calls(atLeast: 1)
            #expect(calls.map(\.key) == [transport.calls[1].key])
            #expect(calls[0].compensates == transport.calls[0].key)
            #expect(try await next.look(SagaReference(saga), wait: .until(.ended)).saga.end == .cancelled)
        }
    }

    @Test func `a call that this process has sent before the saga was recovered is not in doubt`() throws {
        let shop = try Shop()
        let id = try shop.started("Ann")
        let charge = try #require(shop.calls.first)
        let writer = try Writer(store: shop.store, workflows: shop.workflows, cacheMax: 10)
        writer.inherited.inFlight = [id.number: .max]
        let now = Instant(milliseconds: Shop.beginning + 10)
        func tell(_ input: Input) -> Posted { Posted(ask: .tell(.number(id.number), input)) }
        let paid = CallbackSent(call: charge.name, outcome: .succeeded(result: nil))
        let sent = try writer.commit([tell(.calledBack(paid)), tell(.cancelled(CancelSent()))], at: now).calls
        #expect(sent.map(\.direction) == [.compensation])
        let after = try writer.commit([Posted(ask: .recover(id.number))], at: now)
        #expect(!after.isWritten)
        #expect(try shop.history(id).allSatisfy { if case .unanswered = $0 { false } else { true } })
    }

    @Test func `of a saga with two calls in flight at the end of a process both are unknown`() async throws {
        let store = try SagaStore.inMemory()
        let transport = ScriptedTransport.holding()
        let engine = try Engine(store, transport, clock)
        let saga = try await engine.running { () async throws in
            let saga = try await engine.start(.booking()).saga.id
            _ = await transport.calls(atLeast: 1)
            return saga
        }
        // As branches side by side will leave it: another step's call beside that of its state.
        let row = try #require(try store.read { try $0.saga(number: saga.number) })
        let step = try #require(transport.calls.first)
        try store.write { transaction throws in
            var next = row
            next.last += 1
            let records: [SagaCore.Record] = [
                .stepArmed(state: step.state, call: step.operation, request: Document(bytes: step.request)),
                .attempted(step: 5, direction: .forward, number: 1, token: 2),
            ]
            try transaction.append(
                RecordCodec.bytes(records), saga: saga.number, n: next.last, at: clock.now(), of: row)
            try transaction.update(next)
        }
        let next = try Engine(store, ScriptedTransport(), clock)
        try await next.running { () async throws in
            let both = try await next.look(SagaReference(saga), wait: .until(.news(length: 9, token: .max))).saga
            #expect(both.steps.map(\.effect) == [.unknown, .unknown])
            #expect(both.openCalls.retries.map(\.step) == [3, 5] && !both.openCalls.isCalling)
        }
    }

    @Test func `all that was in flight is recovered, in batches, and commands are served meanwhile`() async throws {
        let store = try SagaStore.inMemory()
        let transport = ScriptedTransport.holding()
        let engine = try Engine(store, transport, clock)
        let sagas = try await engine.running { () async throws in
            var sagas: [SagaID] = []
            for guest in 0..<100 { sagas.append(try await engine.start(.booking("\(guest)")).saga.id) }
            _ = await transport.calls(atLeast: 100)
            return sagas
        }
        let again = ScriptedTransport()
        let next = try Engine(store, again, clock, limits: EngineLimits(batchMax: 8))
        try await next.running { () async throws in
            let cancel = try await next.cancel(SagaReference(sagas[99]), CancelSent())
            #expect(cancel.verdict == .accepted)
            for saga in sagas {
                _ = try await next.look(SagaReference(saga), wait: .until(.news(length: 5, token: .max)))
            }
            await clock.move(.second, next)
            for saga in sagas { _ = try await next.look(SagaReference(saga), wait: .until(.settled)) }
        }
        let forward = again.calls.filter { $0.direction == .forward }
        #expect(forward.count == 100)
        #expect(Set(forward.map(\.key)) == Set(transport.calls.map(\.key)))
    }

    @Test func `at a start, a saga that does not read is put aside and the others go on`() async throws {
        let store = try SagaStore.open(at: path)
        let transport = ScriptedTransport.holding()
        let engine = try Engine(store, transport, clock)
        let sagas = try await engine.running { () async throws in
            var sagas: [SagaID] = []
            for guest in 0..<3 { sagas.append(try await engine.start(.booking("\(guest)")).saga.id) }
            _ = await transport.calls(atLeast: 3)
            return sagas
        }
        store.close()
        let raw = try DatabaseQueue(path: path)
        try await raw.write { db in
            try db.execute(sql: "UPDATE saga SET last = 999 WHERE number = ?", arguments: [sagas[0].number])
            try db.execute(sql: "UPDATE saga SET status = 77 WHERE number = ?", arguments: [sagas[1].number])
        }
        try raw.close()

        let reopened = try SagaStore.open(at: path)
        defer { reopened.close() }
        let next = try Engine(reopened, ScriptedTransport(), clock)
        try await next.running { () async throws in
            _ = try await next.look(SagaReference(sagas[2]), wait: .until(.news(length: 5, token: .max)))
            await clock.move(.second, next)
            #expect(try await next.look(SagaReference(sagas[2]), wait: .until(.settled)).saga.state == "Reserved")
            for saga in sagas[..<2] {
                let row = try #require(try reopened.read { try $0.saga(number: saga.number) })
                #expect(row.status == .stuck && row.due == SagaRow.never)
            }
            #expect(try await next.status().live == [.stuck: 2, .waiting: 1])
        }
    }

    @Test func `a damaged page fails what needs it, and holds up nothing else`() async throws {
        let store = try SagaStore.open(at: path)
        let transport = ScriptedTransport.holding()
        let engine = try Engine(store, transport, clock)
        let (damaged, alarm) = try await engine.running { () async throws in
            // Long enough to overflow its page, also packed.
            let name = String((0..<40_000).map { _ in Character(UnicodeScalar(UInt8.random(in: 97...122))) })
            let damaged = try await engine.start(.booking(name)).saga.id
            _ = await transport.calls(atLeast: 1)
            return (damaged, try await engine.start(.alarm).saga.id)
        }
        store.close()
        try damageOverflowPage()

        // As one whose disk rots while it runs.
        let reopened = try SagaStore.open(at: path, checkingFor: nil)
        defer { reopened.close() }
        let next = try Engine(reopened, ScriptedTransport(), clock)
        try await next.running { () async throws in
            await clock.move(90_000, next)
            #expect(try await next.look(SagaReference(alarm), wait: .until(.state("Rung"))).saga.state == "Rung")
            let error = await refusal { () async throws(EngineError) in try await next.look(SagaReference(damaged)) }
            guard case .store(code: "corrupt", _) = error else {
                Issue.record("\(String(describing: error))")
                return
            }
            #expect(await next.probe() == .sound)
        }
    }

    private func damageOverflowPage() throws {
        let raw = try DatabaseQueue(path: path)
        let page = try raw.read { db in
            try Int.fetchOne(db, sql: "SELECT min(pageno) FROM dbstat WHERE name = 'history' AND pagetype = 'overflow'")
        }
        let size = try raw.read { try Int.fetchOne($0, sql: "PRAGMA page_size") } ?? 0
        try raw.close()
        let file = try FileHandle(forUpdating: URL(fileURLWithPath: path))
        try file.seek(toOffset: UInt64((try #require(page) - 1) * size))
        try file.write(contentsOf: Data(repeating: 0xFF, count: size))
        try file.close()
    }
}
