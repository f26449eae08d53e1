import Foundation

/// Threads that wait for each other.
final class Countdown: Sendable {
    private let condition = NSCondition()
    nonisolated(unsafe) private var left: Int

    init(_ count: Int) { left = count }

    /// Blocks the thread until all have arrived.
    func arriveAndWait() {
        condition.lock()
        left -= 1
        condition.broadcast()
        while left > 0 { condition.wait() }
        condition.unlock()
    }
}
