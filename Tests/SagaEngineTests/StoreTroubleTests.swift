import GRDB
import SagaCore
import SagaStore
import TestPrograms
import Testing

@testable import SagaEngine

@Suite(.timeLimit(.minutes(30)), .enabled(if: SmallDisk.isPermitted, "SKIPPED: needs root to mount a small tmpfs"))
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
            let trouble = StoreTrouble(code: "full", message: message)
            #expect(try await engine.status().storeTrouble == trouble)
            let proof = await engine.probe()
            #expect(proof == .troubled(trouble))
            // What waits for room must not be ended by the watchdog.
            #expect(proof.isProgress && !proof.isReady)

            transport.end(call)
            while engine.inbox.backlog > 0 { await Task.yield() }
            await engine.settle()
            // The timer is due now, and stays due: the loop must not spin on it.
            await clock.move(95_000, engine)
            let looks = clock.count
            for _ in 0..<50 { #expect(await engine.probe() == .troubled(trouble)) }
            #expect(clock.count - looks < 50 * 4)
            #expect(try await engine.state(of: booking) == "Paying")
            #expect(try await engine.state(of: alarm) == "Waiting")

            disk.makeRoom()
            // Whoever asks for the engine's health makes it look; else it looks after a second.
            #expect(await engine.probe() == .sound)
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
            while try await engine.status().storeTrouble == nil { await Task.yield() }
            await engine.settle()
            disk.makeRoom()
            // No probe from here on: it would make the loop look at once.
            await clock.move(move)
            engine.clockMoved()
            for saga in sagas {
                while try await engine.state(of: saga) != "Reserved", !Task.isCancelled {
                    _ = try await engine.look(SagaReference(saga), wait: .until(.settled))
                }
            }
            #expect(try await engine.list(SagaFilter(state: "Reserved")).sagas.count == 5)
        }
    }
}

/// What the log says of it, with a disk of the test's own.
struct StoreTroubleLogTests {
    @Test func `a trouble of the store is told once when it begins and once when it is over`() throws {
        let code = Slot<ResultCode>()
        let store = try SagaStore.inMemory {
            if let code = code.get(), code != .SQLITE_OK { throw DatabaseError(resultCode: code) }
        }
        let rig = try Rig(store)
        let saga = try rig.start()
        code.set(.SQLITE_FULL)
        for _ in 0..<3 {
            #expect(throws: EngineError.self) { try rig.signal(saga, "go") }
            #expect(throws: EngineError.self) { try rig.start() }
            rig.advance(milliseconds: 1_000)
        }
        let advice = "the disk is full; make room, nothing that was accepted is lost"
        let begun =
            "error: the store takes no writes MESSAGE_ID=8f4c1d6ab2e94f0fa6d70b5c3e9812d4 error=cannot write "
            + "the store ':memory:': database or disk is full (13): \(advice) store_trouble=full"
        #expect(rig.logged.lines == [begun])
        code.set(.SQLITE_OK)
        #expect(try rig.probe() == .sound)
        let over =
            "notice: the store takes writes again MESSAGE_ID=2b7e95d0c4a14c3f8d16e8f7a05b3c69 after=3000 ms "
            + "store_trouble=full"
        #expect(rig.logged.lines == [begun, over])
        #expect(try rig.signal(saga, "go").state == "Later")
        #expect(rig.logged.lines.count == 2)
    }

    @Test func `a disk that is full at one write and not at the next is told of every ten seconds at most`() throws {
        let code = Slot<ResultCode>()
        let store = try SagaStore.inMemory {
            if let code = code.get(), code != .SQLITE_OK { throw DatabaseError(resultCode: code) }
        }
        let rig = try Rig(store)
        for _ in 0..<25 {
            code.set(.SQLITE_FULL)
            #expect(throws: EngineError.self) { try rig.start() }
            code.set(.SQLITE_OK)
            _ = try rig.start()
            rig.advance(milliseconds: 1_000)
        }
        // At 0, 10 and 20 seconds.
        #expect(rig.logged.lines.count { $0.hasPrefix("error: the store takes no writes") } == 3)
        #expect(rig.logged.lines.count { $0.hasPrefix("notice: the store takes writes again") } == 3)
        // One that goes on is told of, however soon it came after the one before.
        code.set(.SQLITE_FULL)
        for _ in 0..<11 {
            #expect(throws: EngineError.self) { try rig.start() }
            rig.advance(milliseconds: 1_000)
        }
        #expect(rig.logged.lines.count { $0.hasPrefix("error: the store takes no writes") } == 4)
    }
}
