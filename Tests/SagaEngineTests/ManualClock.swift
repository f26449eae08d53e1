import SagaCore
import SagaEngine
import Synchronization

/// A clock that only tests move.
final class ManualClock: EngineClock {
    /// 2026-01-01T00:00:00Z.
    static let start = Instant(milliseconds: 1_767_225_600_000)

    private let time = Mutex(start)
    private let looks = Atomic<Int>(0)

    func now() -> Instant {
        looks.add(1, ordering: .relaxed)
        return time.withLock { $0 }
    }

    /// How often it was looked at.
    var count: Int { looks.load(ordering: .relaxed) }

    /// Moves it, also back, and lets the engine look at it.
    func move(_ milliseconds: Int64, _ engine: Engine? = nil) async {
        time.withLock { $0 = $0 + milliseconds }
        engine?.clockMoved()
        await engine?.settle()
    }
}

extension Int64 {
    static let second: Int64 = 1_000
    static let hour: Int64 = 3_600_000
}
