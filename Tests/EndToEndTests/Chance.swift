import Basics
import Foundation

/// What a run is drawn from, so that it can be had again.
typealias Chance = SplitMix64

extension Chance {
    /// From `SEED` in the environment, else new; the test prints it.
    static func seed() -> UInt64 {
        ProcessInfo.processInfo.environment["SEED"].flatMap(UInt64.init) ?? .random(in: 1...999_999)
    }
}
