import SagaStore
import Synchronization
import Testing

@testable import SagaStore

struct MovementTests {
    @Test func `opening a store tells that it moves, and so does a long statement`() throws {
        let folder = try Folder()
        let told = Atomic<Int>(0)
        // Each step, as the statements of an empty store are short.
        let store = try SagaStore.open(
            at: folder.file("sagas.db"), movement: Movement(steps: 1) { told.add(1, ordering: .relaxed) })
        let opened = told.load(ordering: .relaxed)
        #expect(opened > 100)
        _ = try store.read { try $0.liveCounts() }
        #expect(told.load(ordering: .relaxed) > opened)
        store.close()
    }
}
