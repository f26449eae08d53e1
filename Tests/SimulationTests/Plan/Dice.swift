import SagaCore

/// A seeded generator (splitmix64): the same seed gives the same run on every machine.
struct Dice: RandomNumberGenerator {
    private var state: UInt64

    init(seed: UInt64) {
        state = Hash.mixed(seed)
    }

    mutating func next() -> UInt64 {
        defer { state &+= 0x9E37_79B9_7F4A_7C15 }
        return Hash.mixed(state)
    }

    /// 0 ..< `sides`.
    mutating func roll(_ sides: Int) -> Int {
        Int(truncatingIfNeeded: next() % UInt64(sides))
    }

    /// True in `percent` of 100.
    mutating func chance(_ percent: Int) -> Bool {
        roll(100) < percent
    }

    mutating func pick<T>(_ items: [T]) -> T {
        items[roll(items.count)]
    }
}
