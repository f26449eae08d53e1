import SagaCore
import SagaStore
import TestPrograms
import Testing

@testable import SagaEngine

@Suite(.timeLimit(.minutes(1)), .enabled(if: SmallDisk.isPermitted, "SKIPPED: needs root to mount a small tmpfs"))
struct StoreTroubleTests {
    /// Fills the disk to the last byte that the log could still take.
    private func fill(_ disk: SmallDisk, _ store: SagaStore) throws {
        try disk.fill()
        for _ in 0..<1_000 {
            do throws(StoreError) {
                try store.probe(writing: true)
            } catch {
                #expect(error.code == .full)
                return
            }
        }
        Issue.record("the disk never got full")
    }

    @Test func `on a full disk commands are told, what happens is held, and lands when there is room`() async throws {
        let disk = try SmallDisk(size: "1m")
        let store = try SagaStore.open(at: "\(disk.path)/sagas.db")
        defer { store.close() }
        let clock = ManualClock()
        let transport = ScriptedTransport.holding()
        let engine = try Engine(store, transport, clock)
        try await engine.running { () async throws in
            let booking = try await engine.start(.booking()).saga.id
            let alarm = try await engine.start(.alarm).saga.id
            let call = await transport.calls(atLeast: 1)[0]
            try fill(disk, store)

            let full = await refusal { () async throws(EngineError) in try await engine.start(.booking("Bob")) }
            guard case .store(code: "full", let message) = full else {
                Issue.record("\(String(describing: full))")
                return
            }
            #expect(message.hasSuffix("the disk is full; make room, nothing that was accepted is lost"))
            #expect(try await engine.status().storeTrouble == message)
            #expect(await engine.probe() == false)

            transport.end(call)
            while engine.inbox.backlog > 0 { await Task.yield() }
            await engine.settle()
            // The timer is due now, and stays due: the loop must not spin on it.
            await clock.move(95_000, engine)
            let looks = clock.count
            for _ in 0..<50 { #expect(await engine.probe() == false) }
            #expect(clock.count - looks < 50 * 4)
            #expect(try await engine.state(of: booking) == "Paying")
            #expect(try await engine.state(of: alarm) == "Waiting")

            disk.makeRoom()
            // Whoever asks for the engine's health makes it look; else it looks after a second.
            #expect(await engine.probe())
            let settled = try await engine.look(SagaReference(booking), wait: .until(.settled)).saga
            #expect(settled.state == "Reserved")
            let rung = try await engine.look(SagaReference(alarm), wait: .until(.state("Rung"))).saga
            #expect(rung.state == "Rung")
            #expect(try await engine.status().storeTrouble == nil)
            #expect(try await engine.start(.booking("Bob")).verdict == .created)
            #expect(try await engine.list(SagaFilter()).sagas.count == 3)
        }
    }

    @Test(arguments: [1_000, -3_600_000] as [Int64])
    func `what is held lands after a second, also when the clock is set back`(move: Int64) async throws {
        let disk = try SmallDisk(size: "1m")
        let store = try SagaStore.open(at: "\(disk.path)/sagas.db")
        defer { store.close() }
        let clock = ManualClock()
        let transport = ScriptedTransport.holding()
        let engine = try Engine(store, transport, clock, limits: EngineLimits(batchMax: 2))
        try await engine.running { () async throws in
            var sagas: [SagaID] = []
            for guest in 0..<5 { sagas.append(try await engine.start(.booking("\(guest)")).saga.id) }
            let calls = await transport.calls(atLeast: 5)
            try fill(disk, store)
            for call in calls { transport.end(call) }
            for _ in 0..<1_000 where try await engine.status().storeTrouble == nil { await Task.yield() }
            await engine.settle()
            disk.makeRoom()
            await clock.move(move, engine)
            for saga in sagas {
                #expect(try await engine.look(SagaReference(saga), wait: .until(.settled)).saga.state == "Reserved")
            }
        }
    }
}
