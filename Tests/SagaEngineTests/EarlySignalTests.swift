import CEL
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// Rule 20, before there is a saga.
@Suite struct EarlySignalTests {
    private func keyed(
        _ name: String, id: String? = nil, key: String = "k", for time: Int64 = KeyedSignal.keptForDefault
    ) -> Ask {
        .early(KeyedSignal(workflow: "desk", key: key, signal: SignalSent(name: name, id: id), keptFor: time))
    }

    private let hour = Instant(milliseconds: 1_798_797_600_000 + 3_600_000)

    @Test func `rule 20: what came early is handed over in the order it came, in the commit of the start`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        // `confirm` comes first and is for a later state: it waits there.
        #expect(try rig.keep(keyed("confirm", id: "c")) == hour)
        #expect(try rig.keep(keyed("go")) == hour)
        let saga = try rig.start(key: "k")
        #expect(saga.end == .succeeded)
        #expect(saga.signals.map(\.name) == ["confirm", "go"])
        #expect(try rig.store.read { try $0.earlySignalCount() }.count == 0)
        #expect(try rig.store.read { try $0.history(of: try #require(try $0.sagas(limit: 1).first)) }.count == 3)
    }

    @Test func `the same id is kept once, and another key's saga gets none of it`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        for _ in 0..<3 {
            #expect(try rig.keep(keyed("go", id: "one")) == hour)
        }
        #expect(try rig.store.read { try $0.earlySignalCount() }.count == 1)
        #expect(try rig.start(key: "other").state == "Waiting")
        #expect(try rig.start(key: "k").state == "Later")
    }

    @Test func `a live saga is told at once, and the next one gets what comes after its end`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        let first = try rig.start(key: "k")
        #expect(try rig.send(keyed("bomb")).entry.saga.id == first.id)
        #expect(try rig.keep(keyed("go")) == hour)
        #expect(try rig.look(first.id).end == .succeeded)
        #expect(try rig.start(key: "k", note: "again").state == "Later")
    }

    @Test func `what nobody comes for is dropped at its time, and the log says which`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        #expect(try rig.keep(keyed("go", id: "s-1", for: 5_000)) != nil)
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
        _ = try rig.keep(keyed("go"))
        let stranger = EngineError.unknownSignal(
            name: "nonsense", workflow: "desk", known: ["bomb", "confirm", "go", "late"])
        #expect(throws: stranger) { try rig.send(keyed("nonsense")) }
        _ = try rig.keep(keyed("late", key: "l"))
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
        for _ in 0..<100 { #expect(try rig.keep(keyed("go")) == hour) }
        #expect(throws: EngineError.tooEarly(what: "for the key 'k'", max: 100)) { try rig.send(keyed("go")) }
        #expect(try rig.keep(keyed("go", key: "2")) == hour)
        #expect(throws: EngineError.tooEarly(what: "in all", max: 101)) { try rig.send(keyed("go", key: "3")) }
    }

    /// What a key may look like: an id in every form that is read, the first digits of one, and its own saga's.
    private static let likeIDs = [
        "0199c3a0-1b2c-7d3e-8f40-0123456789ab", "0199C3A0-1B2C-7D3E-8F40-0123456789AB",
        "d41d8cd98f00b204e9800998ecf8427e", "0199c3a0-1b2c", "0199c3a0", "12345678",
    ]

    @Test(arguments: likeIDs)
    func `a key that looks like an id, or like the beginning of one, is a key`(key: String) throws {
        let rig = try Rig(try SagaStore.inMemory())
        #expect(try rig.keep(keyed("go", key: key)) == hour)
        let saga = try rig.start(key: key)
        #expect(saga.state == "Later")
        #expect(try rig.send(keyed("confirm", key: key)).entry.saga.id == saga.id)
        // It has ended, so what comes now is for the next one.
        #expect(try rig.keep(keyed("go", key: key)) == hour)
    }

    @Test func `the key of one saga may be the id of another, and the key is meant`() throws {
        let rig = try Rig(try SagaStore.inMemory())
        let other = try rig.start()
        // `other` is its own key: while it lives, no second saga has it.
        let taken = EngineError.keyConflict(key: other.key, existing: other.id)
        #expect(throws: taken) { try rig.start(key: other.key, note: "second") }
        #expect(try rig.start(key: other.key).id == other.id)
        #expect(try rig.send(keyed("bomb", key: other.key)).entry.saga.id == other.id)
        let second = try rig.start(key: other.key, note: "second")
        #expect(second.id != other.id)
        #expect(try rig.send(keyed("go", key: other.key)).entry.saga.id == second.id)
        #expect(try rig.start(key: other.key, note: "second").id == second.id)
    }

    @Test func `rule 20: what came early and fails when it is taken is refused in the history, and the saga goes on`()
        throws
    {
        let rig = try Rig(try SagaStore.inMemory(), workflow: .parsed(Self.asking))
        for data: Value in [["code": 7], ["code": "x"]] {
            let signal = SignalSent(name: "tell", data: data)
            #expect(try rig.keep(.early(KeyedSignal(workflow: "desk", key: "k", signal: signal))) == hour)
        }
        let saga = try rig.start(key: "k")
        #expect(saga.state == "Waiting" && saga.stuck == nil)
        // Of a number there is no size; of a text there is, and it is no way out: that one waits on.
        #expect(saga.signals.map(\.verdict.name) == ["refused", "deferred"])
        #expect(rig.logged.lines.count == 1)
        #expect(try rig.signal(saga, "done").end == .succeeded)
    }

    @Test func `rule 20: data that no state would take is told before it is kept`() throws {
        let rig = try Rig(try SagaStore.inMemory(), workflow: .parsed(Self.asking))
        let refused = EngineError.invalidData(
            signal: "tell", workflow: "desk", [.init(pointer: "/code", message: "is required")])
        #expect(throws: refused) {
            let signal = SignalSent(name: "tell", data: .map(MapValue()))
            return try rig.send(.early(KeyedSignal(workflow: "desk", key: "k", signal: signal)))
        }
        #expect(try rig.store.read { try $0.earlySignalCount() }.count == 0)
    }

    private static let asking = """
        workflow: desk
        version: "1"
        input: { type: object, properties: { note: { type: string } } }
        initial: Waiting
        states:
          Waiting:
            signals:
              tell: { data: { type: object, required: [code] }, then: { when: "signal.data.code.size() > 3", to: Done } }
              done: Done
            after: { 1h: Done }
          Done: { end: succeeded }
        """
}
