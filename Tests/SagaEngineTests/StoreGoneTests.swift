import Foundation
import Glibc
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// Rule 25: while the store's files are away nothing is accepted and no call leaves; when they are back it goes on.
@Suite(.timeLimit(.minutes(30))) struct StoreGoneTests {
    private let folder: String

    init() throws {
        folder = "/tmp/yogi-gone-\(UUID().uuidString.prefix(13).lowercased())"
        try FileManager.default.createDirectory(atPath: folder, withIntermediateDirectories: false)
    }

    private var path: String { folder + "/sagas.db" }

    private func move(_ from: String, _ to: String) throws { try #require(rename(from, to) == 0) }

    @Test func `starts, signals and probes say that it is gone, once in the log, and all goes on when it is back`()
        throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try SagaStore.open(at: path)
        defer { store.close() }
        let rig = try Rig(store)
        let saga = try rig.start()
        try move(path, path + ".away")
        let words = "the store's file '\(path)' was moved away; put it back, and the daemon goes on"
        let gone = EngineError.store(code: "gone", message: words)
        for _ in 0..<3 {
            #expect(throws: gone) { try rig.start() }
            #expect(throws: gone) { try rig.signal(saga, "go") }
            #expect(try rig.probe() == .troubled(StoreTrouble(code: "gone", message: words)))
            rig.advance(milliseconds: 1_000)
        }
        // What was known is told.
        #expect(try rig.look(saga.id).state == "Waiting")
        let begun =
            "critical: the store's files are gone MESSAGE_ID=3c6e8b1f0d5a4e7793b2c8f4a1d6907e error=\(words) store_trouble=gone"
        #expect(rig.logged.lines == [begun])
        try move(path + ".away", path)
        #expect(try rig.probe() == .sound)
        let over =
            "notice: the store takes writes again MESSAGE_ID=2b7e95d0c4a14c3f8d16e8f7a05b3c69 after=3000 ms store_trouble=gone"
        #expect(rig.logged.lines == [begun, over])
        #expect(try rig.signal(saga, "go").state == "Later")
        _ = try rig.start()
        #expect(try store.read { try $0.sagas(limit: 9) }.count == 2)
    }

    @Test func `the answer of a call that was in flight is held, no call leaves, and both go on when it is back`()
        async throws
    {
        defer { try? FileManager.default.removeItem(atPath: folder) }
        let store = try SagaStore.open(at: path)
        defer { store.close() }
        let clock = ManualClock()
        let transport = ScriptedTransport.holding()
        let engine = try Engine(store, transport, clock)
        try await engine.running { () async throws in
            let booking = try await engine.start(.booking()).saga.id
            let call = await transport.calls(atLeast: 1)[0]
            for end in ["", "-wal"] { try move(path + end, folder + "/away" + end) }
            transport.end(call)
            while engine.inbox.backlog > 0 { await Task.yield() }
            await engine.settle()
            #expect(try await engine.state(of: booking) == "Paying")
            let refused = await refusal { () async throws(EngineError) in try await engine.start(.booking("Bob")) }
            guard case .store(code: "gone", _) = refused else {
                Issue.record("\(String(describing: refused))")
                return
            }
            for end in ["", "-wal"] { try move(folder + "/away" + end, path + end) }
            #expect(await engine.probe() == .sound)
            let settled = try await engine.look(SagaReference(booking), wait: .until(.settled)).saga
            #expect(settled.state == "Reserved")
        }
    }
}
