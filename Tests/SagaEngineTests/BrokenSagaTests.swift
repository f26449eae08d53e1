import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// Rule 6: a saga whose rows cannot be read is put aside; the others go on.
@Suite(.timeLimit(.minutes(30))) struct BrokenSagaTests {
    let store: SagaStore
    let clock = ManualClock()

    init() throws { store = try SagaStore.inMemory() }

    /// A booking that waits, its history torn off, and a whole one.
    private func sagas(key: String? = nil) async throws -> (broken: SagaID, whole: SagaID) {
        let engine = try Engine(store, ScriptedTransport(), clock)
        let sagas = try await engine.running { () async throws in
            let broken = try await engine.start(.booking(key: key), wait: .until(.settled)).saga.id
            return (broken: broken, whole: try await engine.start(.booking("Bob"), wait: .until(.settled)).saga.id)
        }
        var row = try #require(try store.read { try $0.saga(number: sagas.broken.number) })
        row.last = 999
        try store.write { try $0.update(row) }
        return sagas
    }

    @Test func `a command to it is refused with the reason, and it reads stuck; another saga goes on`() async throws {
        let (broken, whole) = try await sagas()
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            let reason = "history row 3 of saga \(broken) is missing"
            let before = await refusal { () async throws(EngineError) in try await engine.look(SagaReference(broken)) }
            #expect(before == .broken(broken, message: reason))
            let refused = await refusal { () async throws(EngineError) in
                try await engine.signal(SagaReference(broken), SignalSent(name: "confirm"))
            }
            #expect(refused == .broken(broken, message: reason))
            let history = await refusal { () async throws(EngineError) in
                try await engine.history(SagaReference(broken))
            }
            #expect(history == .broken(broken, message: reason))

            let listed = try await engine.list(SagaFilter(status: .stuck)).sagas
            #expect(listed.map(\.id) == [broken])
            #expect(listed.map(\.status) == [.stuck])
            #expect(listed.map(\.state) == ["Reserved"])
            #expect(listed.map(\.summary.workflow) == ["booking"])
            #expect(listed.first?.summary.trouble?.code == .unreadable)
            #expect(listed.first?.summary.trouble?.message == reason)
            #expect(try await engine.list(SagaFilter()).sagas.map(\.id) == [whole, broken])
            // Its row says what it was when it was last read.
            #expect(try await engine.view("mypage").rows.map(\.key) == ["Bob", "Ann"])
            #expect(try await engine.status().live == [.stuck: 1, .waiting: 1])

            #expect(try await engine.signal(whole, "confirm") == .handled)
            // Its timer, too, is put aside with it.
            await clock.move(73 * .hour, engine)
            #expect(try await engine.status().live == [.stuck: 1])
        }
    }

    @Test func `its timer puts it aside, and is asked no more`() async throws {
        let (broken, whole) = try await sagas()
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            await clock.move(72 * .hour, engine)
            let ended = try await engine.look(SagaReference(whole), wait: .until(.ended)).saga
            #expect(ended.end == .cancelled)
            let row = try #require(try store.read { try $0.saga(number: broken.number) })
            #expect(row.status == .stuck && row.due == SagaRow.never)
        }
    }

    @Test func `its key stays taken, as nobody knows what it did`() async throws {
        let (broken, _) = try await sagas(key: "k")
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in
            let refused = await refusal { () async throws(EngineError) in try await engine.start(.booking(key: "k")) }
            guard case .broken(broken, _) = refused else {
                Issue.record("\(String(describing: refused))")
                return
            }
            #expect(try await engine.start(.booking(key: "l")).verdict == .created)
        }
    }

    @Test func `an ended saga that does not read stays ended`() async throws {
        let (_, whole) = try await sagas()
        let engine = try Engine(store, ScriptedTransport(), clock)
        try await engine.running { () async throws in _ = try await engine.signal(whole, "confirm") }
        var row = try #require(try store.read { try $0.saga(number: whole.number) })
        row.last = 999
        try store.write { try $0.update(row) }
        let next = try Engine(store, ScriptedTransport(), clock)
        try await next.running { () async throws in
            let refused = await refusal { () async throws(EngineError) in
                try await next.cancel(SagaReference(whole), CancelSent())
            }
            #expect(
                refused == .broken(whole, message: "history row 4 of saga \(whole) is missing"))
        }
        #expect(try store.read { try $0.saga(number: whole.number) }?.status == .succeeded)
    }
}
