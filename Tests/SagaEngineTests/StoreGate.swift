import Dispatch
import Foundation
import SagaStore
import Synchronization
import Testing

@testable import SagaEngine

/// Keeps the store's writer busy, so that the engine's loop stands before its commit until the gate opens.
final class StoreGate: Sendable {
    private let opened = DispatchSemaphore(value: 0)
    private let ended = DispatchSemaphore(value: 0)

    /// Returns once the writer is held.
    init(_ store: SagaStore) {
        let held = DispatchSemaphore(value: 0)
        Thread { [opened, ended] in
            do throws(StoreError) {
                try store.write { _ in
                    held.signal()
                    opened.wait()
                }
            } catch {
                Issue.record("the gate: \(error)")
            }
            ended.signal()
        }.start()
        held.wait()
    }

    func open() {
        opened.signal()
        ended.wait()
    }
}

extension Engine {
    /// Until so many orders wait in the inbox; the loop must stand at a gate, or there may never be as many.
    func backlog(reaches count: Int) async {
        while inbox.backlog != count { await Task.yield() }
    }
}
