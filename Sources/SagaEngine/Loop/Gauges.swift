import Synchronization

/// What `status` tells of the loop; written by the loop, read by anyone.
final class Gauges: Sendable {
    struct Values: Sendable {
        var inputs = 0
        var commits = 0
        var waits = 0
        var trouble: String?
    }

    private let values = Mutex(Values())

    func turned(inputs: Int) {
        values.withLock { $0.inputs += inputs }
    }

    func waits(_ count: Int) {
        values.withLock { $0.waits = count }
    }

    func committed() {
        values.withLock { values in
            values.commits += 1
            values.trouble = nil
        }
    }

    func troubled(_ message: String) {
        values.withLock { $0.trouble = message }
    }

    /// The store took a write lock again.
    func recovered() {
        values.withLock { $0.trouble = nil }
    }

    var current: Values { values.withLock { $0 } }
}
