/// How often a value was so large, in buckets that are fixed by its scale: a value without storage elsewhere, so that adding to it allocates
/// nothing.
public struct Histogram: Sendable {
    /// Where the buckets end: in seconds, but for orders.
    public enum Scale: Sendable {
        /// A commit, from 50 µs on.
        case commit
        /// A call of a participant, from 1 ms to a minute.
        case call
        /// How late a timer was, from 1 ms to hours.
        case lateness
        /// The orders of a batch.
        case orders

        /// The upper ends, each in its bucket, rising; above the last one is a bucket without an end.
        public var bounds: [Double] {
            switch self {
            case .commit: Self.commitBounds
            case .call: Self.callBounds
            case .lateness: Self.latenessBounds
            case .orders: Self.orderBounds
            }
        }

        private static let commitBounds = [
            0.00005, 0.0001, 0.00025, 0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 5,
        ]
        private static let callBounds = [
            0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 10, 30, 60,
        ]
        private static let latenessBounds = [
            0.001, 0.005, 0.01, 0.05, 0.1, 0.25, 0.5, 1, 5, 15, 60, 300, 1_800, 3_600, 21_600,
        ]
        private static let orderBounds: [Double] = [
            1, 2, 4, 8, 16, 32, 64, 128, 256, 512, 1_024, 2_048, 4_096, 8_192, 16_384,
        ]
    }

    /// Of this one.
    public let scale: Scale
    /// Of all values.
    public private(set) var sum = 0.0
    private var counts = InlineArray<16, Int>(repeating: 0)

    /// An empty one.
    public init(_ scale: Scale) { self.scale = scale }

    /// How many values there were.
    public var count: Int {
        var count = 0
        for index in counts.indices { count += counts[index] }
        return count
    }

    /// How many values were at most so large, for each end; the last is infinite.
    public var cumulative: [(bound: Double, count: Int)] {
        var count = 0
        return counts.indices.map { index in
            count += counts[index]
            return (index < scale.bounds.count ? scale.bounds[index] : .infinity, count)
        }
    }

    /// Counts a value; what is below 0, as after a clock was set back, counts as 0, and what is no number not at all.
    public mutating func add(_ value: Double) {
        guard !value.isNaN, value < .infinity else { return }
        let value = max(0, value)
        let bounds = scale.bounds
        var index = 0
        while index < bounds.count, value > bounds[index] { index += 1 }
        counts[index] += 1
        sum += value
    }

    /// The same of nanoseconds, in seconds.
    mutating func add(nanoseconds: Int64) { add(Double(nanoseconds) / 1e9) }
}
