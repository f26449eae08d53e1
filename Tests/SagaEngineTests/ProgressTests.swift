import Dispatch
import Foundation
import Logging
import SagaCore
import SagaStore
import Synchronization
import TestPrograms
import Testing

@testable import SagaEngine

/// Rule 23: the watchdog is fed by proof of progress alone.
@Suite(.timeLimit(.minutes(30))) struct ProgressTests {
    @Test func `a loop that stands in the store proves nothing, and says where it stands`() async throws {
        let store = try SagaStore.inMemory()
        let engine = try Engine(store, ScriptedTransport(), ManualClock())
        #expect(engine.phase == .ended)
        try await engine.running { () async throws in
            #expect(await engine.prove() == .sound)
            while engine.phase != .waiting { await Task.yield() }
            let gate = StoreGate(store)
            try await withThrowingTaskGroup(of: Proof?.self) { group in
                group.addTask {
                    _ = try await engine.start(.booking())
                    return nil
                }
                while engine.phase != .writing { await Task.yield() }
                group.addTask { await engine.prove() }
                await engine.backlog(reaches: 1)
                #expect(engine.phase == .writing)
                gate.open()
                var proofs: [Proof] = []
                for try await proof in group { if let proof { proofs.append(proof) } }
                #expect(proofs == [.sound])
            }
        }
    }

    @Test func `a commit that does not come back is told as that`() async throws {
        let (held, going) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let stops = Atomic<Bool>(false)
        let store = try SagaStore.inMemory {
            guard stops.exchange(false, ordering: .relaxed) else { return }
            held.signal()
            going.wait()
        }
        let engine = try Engine(store, ScriptedTransport(), ManualClock())
        try await engine.running { () async throws in
            #expect(await engine.prove() == .sound)
            stops.store(true, ordering: .relaxed)
            async let started = engine.start(.booking())
            await onThread { held.wait() }
            #expect(engine.phase == .committing)
            going.signal()
            #expect(try await started.verdict == .created)
        }
    }

    @Test func `an idle engine proves by a write, and one that has committed since need not`() async throws {
        let folder = try TemporaryFolder()
        let store = try SagaStore.open(at: folder.file("sagas.db"))
        let engine = try Engine(store, ScriptedTransport(), ManualClock())
        try await engine.running { () async throws in
            _ = try await engine.start(.booking(), wait: .until(.settled))
            func wal() throws -> [UInt8] { try Array(folder.contents("sagas.db-wal")) }
            _ = await engine.prove()
            let before = try wal()
            _ = await engine.probe()
            #expect(try wal() == before)
            _ = await engine.prove()
            #expect(try wal() != before)
        }
        store.close()
    }

    @Test func `a dispatcher that takes up nothing proves nothing`() async throws {
        let transport = BlockedTransport()
        let engine = try Engine(
            store: try SagaStore.inMemory(), workflows: [.booking()], transport: transport, clock: ManualClock(),
            logger: .silent)
        try await engine.running { () async throws in
            #expect(await engine.prove() == .sound)
            transport.block()
            async let proof = engine.prove()
            while engine.phase != .dispatching { await Task.yield() }
            // The loop goes on: only the dispatcher stands.
            #expect(try await engine.start(.booking()).verdict == .created)
            #expect(engine.phase == .dispatching)
            transport.unblock()
            #expect(await proof == .sound)
        }
        #expect(await engine.prove() == .missing)
    }

    @Test func `under full load a proof goes before all that waits`() throws {
        let inbox = Inbox(commandsMax: 3)
        for guest in 0..<3 { try inbox.push(Posted(ask: .start(.booking("\(guest)")), port: { _ in })) }
        #expect(throws: EngineError.busy(inboxMax: 3)) {
            try inbox.push(Posted(ask: .start(.booking("more")), port: { _ in }))
        }
        try inbox.push(Chore.probe(writing: true, isUrgent: true, { _ in }))
        #expect(inbox.backlog == 4)
        let taken = inbox.take(max: 1)
        #expect(taken.map(\.isUrgent) == [true, false])
        #expect(inbox.backlog == 2 && inbox.commands == 2)
    }
}

/// Runs what blocks away from the threads that tasks run on: those are few.
private func onThread(_ work: @escaping @Sendable () -> Void) async {
    await withCheckedContinuation { continuation in
        Thread.detachNewThread {
            work()
            continuation.resume()
        }
    }
}

/// Calls are carried on one thread, which the test can keep busy.
private final class BlockedTransport: Transport {
    private let queue = SerialExecutorThread()

    var executor: (any TaskExecutor)? { queue }

    func carry(_ call: Call) async -> Carried { Carried(ScriptedTransport.done) }

    func lane(of participant: String) -> LaneSettings { LaneSettings(concurrency: 10) }

    func block() { queue.block() }

    func unblock() { queue.unblock() }
}

private final class SerialExecutorThread: TaskExecutor {
    private let queue = DispatchQueue(label: "blocked transport")
    private let gate = DispatchSemaphore(value: 0)

    func enqueue(_ job: consuming ExecutorJob) {
        let job = UnownedJob(job)
        queue.async { job.runSynchronously(on: self.asUnownedTaskExecutor()) }
    }

    func block() { queue.async { [gate] in gate.wait() } }

    func unblock() { gate.signal() }
}

extension Logger {
    fileprivate static var silent: Logger { Logger(label: "silent") { _ in SwiftLogNoOpLogHandler() } }
}
