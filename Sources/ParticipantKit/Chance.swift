import Basics
import Synchronization

/// Random numbers from a seed, for threads that share them.
final class Chance: Sendable {
    private let generator: Mutex<SplitMix64>

    init(seed: UInt64) {
        generator = Mutex(SplitMix64(seed: seed))
    }

    /// The next number in 0..<1.
    func next() -> Double {
        Double(generator.withLock { $0.next() } >> 11) * 0x1p-53
    }
}
