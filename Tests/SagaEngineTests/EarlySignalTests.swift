import CEL
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// Rule 20, before there is a saga.
@Suite struct EarlySignalTests {
    private func keyed(
        _ name: String, id: String? = nil, key: String = "k", for time: Int64 = KeyedSignal.keptForDefault
    ) -> Order.Ask {
        .early(KeyedSignal(workflow: "desk", key: key, signal: SignalSent(name: name, id: id), keptFor: time))
    }

    private let hour = Instant(milliseconds: 1_798_797_600_000 + 3_600_000)

    @Test func `rule 20: what came early is handed over in the order it came, in the commit of the start`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        // `confirm` comes first and is for a later state: it waits there.
        #expect(throws: EngineError.kept(until: hour)) { try rig.send(keyed("confirm", id: "c")) }
        #expect(throws: EngineError.kept(until: hour)) { try rig.send(keyed("go")) }
        let saga = try rig.start(key: "k")
        #expect(saga.end == .succeeded)
        #expect(saga.signals.map(\.name) == ["confirm", "go"])
        #expect(try rig.store.read { try $0.earlySignalCount() }.count == 0)
        #expect(try rig.store.read { try $0.history(of: try #require(try $0.sagas(limit: 1).first)) }.count == 3)
    }

    @Test func `the same id is kept once, and another key's saga gets none of it`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        for _ in 0..<3 {
            #expect(throws: EngineError.kept(until: hour)) { try rig.send(keyed("go", id: "one")) }
        }
        #expect(try rig.store.read { try $0.earlySignalCount() }.count == 1)
        #expect(try rig.start(key: "other").state == "Waiting")
        #expect(try rig.start(key: "k").state == "Later")
    }

    @Test func `a live saga is told at once, and the next one gets what comes after its end`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        let first = try rig.start(key: "k")
        #expect(try rig.send(keyed("bomb")).entry.saga.id == first.id)
        #expect(throws: EngineError.kept(until: hour)) { try rig.send(keyed("go")) }
        #expect(try rig.look(first.id).end == .succeeded)
        #expect(try rig.start(key: "k", note: "again").state == "Later")
    }

    @Test func `what nobody comes for is dropped at its time, and the log says which`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        #expect(throws: EngineError.self) { try rig.send(keyed("go", id: "s-1", for: 5_000)) }
        rig.advance(milliseconds: 4_999)
        #expect(rig.logged.lines.isEmpty)
        rig.advance(milliseconds: 1)
        #expect(
            rig.logged.lines == [
                "warning: a signal that came before its saga is dropped MESSAGE_ID=47b0f4fa05d8429c8a95bb3071afef9c "
                    + "reason=no saga was started with its key in time "
                    + "saga_key=k saga_signal=go saga_workflow=desk signal_id=s-1"
            ])
        #expect(try rig.start(key: "k").state == "Waiting")
    }

    @Test func `one that the first state refuses is told to the log`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        _ = try? rig.send(keyed("go"))
        let stranger = EngineError.unknownSignal(
            name: "nonsense", workflow: "desk", known: ["bomb", "confirm", "go", "late"])
        #expect(throws: stranger) { try rig.send(keyed("nonsense")) }
        _ = try? rig.send(keyed("late", key: "l"))
        let saga = try rig.start(key: "l")
        #expect(saga.state == "Waiting")
        #expect(
            rig.logged.lines == [
                "warning: a signal that came before its saga is dropped MESSAGE_ID=47b0f4fa05d8429c8a95bb3071afef9c "
                    + "reason=state 'Waiting' refuses signal 'late' "
                    + "saga_id=\(saga.id) saga_key=l saga_signal=late saga_workflow=desk"
            ])
    }

    @Test func `rule 24: so many are kept for a key, and so many in all`() throws {
        let rig = try Rig(try SagaStore.inMemory(), earlyMax: 101)
        for _ in 0..<100 { #expect(throws: EngineError.kept(until: hour)) { try rig.send(keyed("go")) } }
        #expect(throws: EngineError.tooEarly(what: "for the key 'k'", max: 100)) { try rig.send(keyed("go")) }
        #expect(throws: EngineError.kept(until: hour)) { try rig.send(keyed("go", key: "2")) }
        #expect(throws: EngineError.tooEarly(what: "in all", max: 101)) { try rig.send(keyed("go", key: "3")) }
    }
}
