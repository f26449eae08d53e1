import CEL
import SagaCore
import SagaStore
import Testing
import WorkflowFile

@testable import SagaEngine

/// The small numbers that people call sagas by: one sequence for a workflow, and none is given twice.
struct SerialTests {
    @Test func `sagas are counted from 1, and a start that makes no saga takes no number`() throws {
        let rig = try Rig(SagaStore.inMemory())
        #expect(try rig.start(key: "a").serial == 1)
        #expect(try rig.start(key: "a").serial == 1)
        #expect(throws: EngineError.self) { try rig.start(key: "a", note: "another") }
        #expect(throws: EngineError.self) {
            try rig.send(.start(StartCommand(workflow: "desk", input: ["note": 1])))
        }
        #expect(try rig.start(key: "b").serial == 2)
    }

    @Test func `the count goes on in the next process, behind what retention took away`() throws {
        let store = try SagaStore.inMemory()
        var rig = try Rig(store)
        let first = try rig.signal(try rig.start(), "bomb")
        let second = try rig.signal(try rig.start(), "bomb")
        #expect(second.serial == 2)
        // The newest of the store is kept; here it is one of another workflow.
        let other = try Rig(store, workflow: .parsed(Self.other))
        let newest = try other.send(.start(StartCommand(workflow: "other", input: [:]))).entry.saga
        #expect(newest.serial == 1)
        _ = try other.signal(newest, "go")
        rig = try Rig(store)
        rig.advance(milliseconds: 1_000)
        var after: Int64? = 0
        while let next = after {
            after = try rig.loop.writer.prune(Retention(succeeded: 1), after: next, at: rig.clock.now()).next
        }
        #expect(throws: EngineError.self) { try rig.look(first.id) }
        #expect(throws: EngineError.self) { try rig.look(second.id) }
        #expect(try rig.start().serial == 3)
        #expect(try Rig(store).start().serial == 4)
    }

    @Test func `the serial is in the saga, its row and what expressions see, and stays when it moves`() throws {
        let store = try SagaStore.inMemory()
        let rig = try Rig(store, workflow: .parsed(Self.other))
        let saga = try rig.send(.start(StartCommand(workflow: "other", input: [:]))).entry
        #expect(saga.row.serial == 1 && saga.saga.serial == 1 && saga.saga.vars["number"] == 1)
        #expect(try store.read { try $0.saga(number: saga.row.id.number) }?.serial == 1)
    }

    private static let other = """
        workflow: other
        version: "1"
        summary: Counts.
        initial: Counting
        states:
          Counting: { set: { number: "${ saga.serial }" }, signals: { go: Done } }
          Done: { end: succeeded }
        """
}
