import CEL
import Foundation
import SagaCore
import SagaStore
import Testing

@testable import SagaEngine

/// Rule 6: an input at which the daemon ends again and again is kept away from it. The daemons here are processes that do end.
@Suite(.serialized) struct PoisonTests {
    private static let folder: String = {
        let path = "/tmp/yogi-poison-\(UUID().uuidString.prefix(13).lowercased())"
        try? FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        return path
    }()

    /// A rule that ends the process at the signal `bomb`, unless the saga is stuck.
    private static func fragile(_ store: SagaStore) throws -> Rig {
        try Rig(
            store,
            decide: { (saga, input, workflow, now) throws(Rejection) in
                if case .signalled(let signal) = input, signal.name == "bomb", saga.stuck == nil {
                    fatalError("the test's rule ends at a bomb")
                }
                return try saga.decide(input, in: workflow, at: now)
            })
    }

    /// A process that starts a saga where there is none and is told `bomb`.
    private static func bomb(_ path: String) throws {
        let rig = try fragile(try reopened(path))
        let row = try rig.store.read { try $0.sagas(limit: 1) }.first
        let saga = if let row { try rig.look(row.id) } else { try rig.start() }
        _ = try rig.signal(saga, "bomb")
    }

    @Test
    func `rule 6: a saga that ends the daemon twice at one input is stuck, says at which, and a retry lets it go on`()
        async throws
    {
        let path = Self.folder + "/twice.db"
        for _ in 0..<2 {
            await #expect(processExitsWith: .failure) { [path = path as String] in try PoisonTests.bomb(path) }
        }
        let store = try reopened(path)
        let rig = try Self.fragile(store)
        let id = try #require(try store.read { try $0.sagas(limit: 1) }.first).id
        let saga = try rig.look(id)
        #expect(
            saga.stuck
                == Saga.StuckReason(
                    code: .poison,
                    message: "the daemon ended 2 times while it decided on signal bomb; 'retry' lets the saga go on"))
        // Others go on, and so does the daemon.
        #expect(try rig.signal(try rig.start(), "go").state == "Later")
        #expect(try rig.signal(saga, "bomb").stuck != nil)
        let freed = try rig.send(.operate(.number(id.number), OperateCommand(.retry(), reason: "the bomb is defused")))
        #expect(freed.entry.saga.status == .waiting)
        #expect(try rig.signal(freed.entry.saga, "go").state == "Later")
        #expect(try store.read { try $0.suspects(countMin: 1, limit: 9) }.isEmpty)
        store.close()
    }

    @Test func `one crash is counted once, however often the daemon starts, and puts nothing aside`() async throws {
        let path = Self.folder + "/once.db"
        await #expect(processExitsWith: .failure) { [path = path as String] in try PoisonTests.bomb(path) }
        for _ in 0..<3 {
            let store = try reopened(path)
            let rig = try Self.fragile(store)
            let id = try #require(try store.read { try $0.sagas(limit: 1) }.first).id
            #expect(try rig.look(id).status == .waiting)
            #expect(try store.read { try $0.suspects(countMin: 1, limit: 9) }.map(\.count) == [1])
            store.close()
        }
    }

    @Test func `a start that has ended the daemon twice is refused, and another input is not`() async throws {
        let path = Self.folder + "/start.db"
        for _ in 0..<2 {
            await #expect(processExitsWith: .failure) { [path = path as String] in
                var isArmed = false
                let rig = try Rig(
                    try reopened(path),
                    random: {
                        // A new id is made while a start is decided.
                        if isArmed { fatalError("the test's chance ends at a start") }
                        return .random(in: 0 ... .max)
                    })
                isArmed = true
                _ = try rig.start(key: "k", note: "bad")
            }
        }
        let store = try reopened(path)
        let rig = try Rig(store)
        #expect(throws: EngineError.poison(words: "the start of desk", count: 2)) {
            try rig.start(key: "k", note: "bad")
        }
        #expect(try rig.start(key: "k", note: "good").status == .waiting)
        store.close()
    }

    @Test func `what was decided leaves no mark`() throws {
        let path = Self.folder + "/clean.db"
        let store = try reopened(path)
        let rig = try Rig(store)
        _ = try rig.signal(try rig.start(), "go")
        #expect(throws: EngineError.self) { try rig.send(.tell(.number(1), .woken)) }
        #expect(store.mark?.found() == nil)
        #expect(try FileManager.default.attributesOfItem(atPath: path + ".now")[.size] as? Int == 4_096)
        store.close()
    }
}

/// The store of a process that has ended. A process that another test is just spawning holds its lock too, until its exec.
private func reopened(_ path: String) throws -> SagaStore {
    for _ in 0..<10_000 {
        do throws(StoreError) {
            return try SagaStore.open(at: path)
        } catch {
            guard error.code == .locked else { throw error }
            sched_yield()
        }
    }
    return try SagaStore.open(at: path)
}
