import Dispatch
import Foundation
import SagaCore
import SagaStore
import Synchronization
import Testing

@testable import SagaEngine

/// Rule 23: what waits for a disk keeps neither tasks nor the proof of progress waiting.
@Suite(.timeLimit(.minutes(30))) struct ReadersTests {
    @Test func `reads that hang hold nobody up but other reads`() async throws {
        let engine = try Engine(try SagaStore.inMemory(), ScriptedTransport(), ManualClock())
        let (held, gate) = (Held(), DispatchSemaphore(value: 0))
        try await engine.running { () async throws in
            for _ in 0..<Readers.threadsMax {
                try #require(
                    engine.readers.run {
                        held.add()
                        gate.wait()
                    })
            }
            await held.reaches(Readers.threadsMax)
            async let list = engine.list(SagaFilter())
            #expect(await engine.prove() == .sound)
            #expect(try await engine.start(.booking(), wait: .until(.settled)).verdict == .created)
            #expect(await engine.prove() == .sound)
            for _ in 0..<Readers.threadsMax { gate.signal() }
            _ = try await list
            #expect(try await engine.list(SagaFilter()).sagas.count == 1)
        }
    }

    @Test func `a saga, its history, a list and a view are read while the writer stands before its commit`()
        async throws
    {
        let path = "/tmp/yogi-readers-\(UUID().uuidString.prefix(13).lowercased())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        defer { try? FileManager.default.removeItem(atPath: path) }
        let store = try SagaStore.open(at: path + "/sagas.db")
        defer { store.close() }
        let engine = try Engine(store, ScriptedTransport(), ManualClock())
        try await engine.running { () async throws in
            let saga = try await engine.start(.booking(), wait: .until(.settled)).saga
            let gate = StoreGate(store)
            async let next = engine.start(.booking("Bob"))
            while engine.phase == .waiting { await Task.yield() }
            // It would never be answered behind the gate.
            let reply = try await engine.look(SagaReference(saga.id))
            #expect(reply.saga == saga && reply.reached)
            let history = try await engine.history(SagaReference(saga.id))
            #expect(history.saga == saga && history.entries.last?.number == saga.length)
            #expect(try await engine.list(SagaFilter()).sagas.map(\.id) == [saga.id])
            #expect(try await engine.view("mypage").rows.map(\.saga) == [saga.id])
            gate.open()
            #expect(try await next.verdict == .created)
        }
    }

    @Test func `more reads than may wait are turned away`() async throws {
        let readers = Readers()
        let (held, gate) = (Held(), DispatchSemaphore(value: 0))
        for _ in 0..<Readers.threadsMax {
            try #require(
                readers.run {
                    held.add()
                    gate.wait()
                })
        }
        await held.reaches(Readers.threadsMax)
        for _ in 0..<Readers.waitingMax { try #require(readers.run { held.add() }) }
        #expect(!readers.run { held.add() })
        for _ in 0..<Readers.threadsMax { gate.signal() }
        await held.reaches(Readers.threadsMax + Readers.waitingMax)
        #expect(readers.run { held.add() })
        await held.reaches(Readers.threadsMax + Readers.waitingMax + 1)
    }
}

/// How often something was done, for tasks that wait for it.
private final class Held: Sendable {
    private let counts: AsyncStream<Int>
    private let sink: AsyncStream<Int>.Continuation
    private let count = Mutex(0)

    init() { (counts, sink) = AsyncStream.makeStream() }

    func add() {
        count.withLock { count in
            count += 1
            sink.yield(count)
        }
    }

    func reaches(_ wanted: Int) async {
        if count.withLock({ $0 }) >= wanted { return }
        for await count in counts where count >= wanted { return }
    }
}
