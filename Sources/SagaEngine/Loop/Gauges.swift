import Synchronization

/// What `status` tells of the loop; written by the loop, read by anyone.
final class Gauges: Sendable {
    struct Values: Sendable {
        var inputs = 0
        var commits = 0
        var waits = 0
        var trouble: StoreTrouble?
        var cacheBytes = ByteGauge(used: 0, max: 0)
        var earlyBytes = ByteGauge(used: 0, max: 0)
        var pruned = Pruned()
    }

    private let values = Mutex(Values())

    func turned(inputs: Int) {
        values.withLock { $0.inputs += inputs }
    }

    func holds(cache: ByteGauge, early: ByteGauge) {
        values.withLock { values in
            values.cacheBytes = cache
            values.earlyBytes = early
        }
    }

    func waits(_ count: Int) {
        values.withLock { $0.waits = count }
    }

    func committed() {
        values.withLock { $0.commits += 1 }
    }

    func pruned(_ more: Pruned) {
        values.withLock { values in
            values.pruned.sagas += more.sagas
            values.pruned.jobs += more.jobs
            values.pruned.pages += more.pages
        }
    }

    func troubled(_ trouble: StoreTrouble?) {
        values.withLock { $0.trouble = trouble }
    }

    var current: Values { values.withLock { $0 } }
}
