/// At what rate calls leave that had to wait for their participant: it is back, and must not be knocked over by all of them at once. A
/// pure value, told the time in milliseconds of a clock that never jumps.
enum SlowStart {
    /// All leave that there is room for.
    case off
    /// So many may still leave in the second of that number.
    case growing(begun: Int64, second: Int64, left: Int)

    /// In the first second a tenth of the concurrency, and twice as many in each that follows.
    static func begun(at tick: Int64, concurrency: Int) -> SlowStart {
        .growing(begun: tick, second: 0, left: allowance(0, concurrency))
    }

    /// Takes one of those that may leave now.
    mutating func takesOne(at tick: Int64, concurrency: Int) -> Bool {
        guard case .growing(let begun, var second, var left) = self else { return true }
        let now = max(0, tick - begun) / 1_000
        if now > second { (second, left) = (now, Self.allowance(now, concurrency)) }
        let takes = left > 0
        self = .growing(begun: begun, second: second, left: takes ? left - 1 : 0)
        return takes
    }

    /// When more may leave; `nil` while some may, or all.
    var goesOnAt: Int64? {
        guard case .growing(let begun, let second, 0) = self else { return nil }
        return begun + (second + 1) * 1_000
    }

    private static func allowance(_ second: Int64, _ concurrency: Int) -> Int {
        max(1, concurrency / 10) << Int(min(second, 24))
    }
}
