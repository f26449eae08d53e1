import Logging
import Synchronization
import Testing

@testable import SagaCore
@testable import SagaEngine
@testable import SagaStore

/// What has not left when the daemon goes down is known to have done nothing: the next process need not ask anybody about it.
@Suite(.timeLimit(.minutes(30))) struct StoppingTests {
    private func kept(_ saga: SagaID, in store: SagaStore) throws -> Saga {
        try store.read { reading in
            let row = try #require(try reading.saga(number: saga.number))
            return try Saga.fold(
                reading.history(of: row).flatMap { row in row.records.map { (at: row.at, record: $0) } })
        }
    }

    @Test func `a call that was decided last and has not left is kept as not made, and not armed anew`() throws {
        let store = try SagaStore.inMemory()
        let rig = try Rig(store, workflow: .booking(), keepsCalls: true)
        let saga = try rig.send(.start(.booking())).entry.saga
        #expect(saga.openCalls.isCalling)
        rig.inbox.close()
        #expect(rig.loop.cycle(at: rig.clock.now()) == .worked)
        #expect(rig.loop.cycle(at: rig.clock.now()) == .finished)
        let kept = try kept(saga.id, in: store)
        #expect(!kept.openCalls.isCalling && kept.openCalls.nextRetry?.due == rig.clock.now())
        #expect(kept.steps.first?.effect == StepRun.Effect.none && kept.steps.first?.attempts == 0)
    }

    @Test func `while the store takes no writes the end waits for nothing`() throws {
        let isFull = Atomic(false)
        let store = try SagaStore.inMemory {
            if isFull.load(ordering: .relaxed) { throw StoreError(.full, "the disk is full") }
        }
        let rig = try Rig(store, workflow: .booking(), keepsCalls: true)
        let saga = try rig.send(.start(.booking())).entry.saga
        isFull.store(true, ordering: .relaxed)
        rig.inbox.close()
        var cycles = 0
        while rig.loop.cycle(at: rig.clock.now()) != .finished, cycles < 10 { cycles += 1 }
        #expect(cycles < 10)
        #expect(try kept(saga.id, in: store).openCalls.isCalling)
    }

    @Test func `once nothing is sent any more what comes is given back, whatever the store says meanwhile`() {
        let transport = ScriptedTransport()
        let logger = Logger(label: "test") { _ in SwiftLogNoOpLogHandler() }
        let dispatcher = Dispatcher(
            transport: transport, clock: ManualClock(), ticker: HandTicker(), logger: logger)
        #expect(dispatcher.giveBack().isEmpty)
        dispatcher.stopSending()
        let call = Call(
            saga: SagaID(high: 0, low: 7), workflow: "w", state: "S", token: 1, step: 1,
            operation: Operation(participant: "p", operation: "o"), direction: .forward,
            name: CallName(number: 1, direction: .forward), key: "k", compensates: nil,
            request: [], number: 1, timeout: 1_000)
        dispatcher.send([call])
        dispatcher.hold(false)
        #expect(dispatcher.inFlight == 0)
        #expect(dispatcher.giveBack().map(\.key) == ["k"])
        #expect(dispatcher.giveBack().isEmpty)
    }
}
