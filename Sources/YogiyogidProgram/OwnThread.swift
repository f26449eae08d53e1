import Foundation

/// Does work that may wait for a disk or take long on a thread that ends with it: those that tasks run on are few.
func onOwnThread<T: Sendable>(_ work: @escaping @Sendable () throws -> T) async throws -> T {
    try await withCheckedThrowingContinuation { continuation in
        let thread = Thread { continuation.resume(with: Result { try work() }) }
        // Workflows are walked through, and expressions recurse.
        thread.stackSize = 8 << 20
        thread.start()
    }
}
