/// Values by what they are of, so many of them at most: what comes later than that shares one value, that of the rest. Labels come from
/// workflows and configurations, and a flood of them must not grow without bound, here or where they are collected.
public struct Bounded<Key: Hashable & Sendable, Value: Sendable>: Sendable {
    private var places: [Key: Int] = [:]
    private var values: [Value] = []
    /// Of all that came later; `nil` while nothing did.
    public private(set) var rest: Value?
    private let most: Int

    /// An empty one for `most` keys.
    public init(most: Int) { self.most = most }

    /// Each in its place, in the order in which they came, without the rest.
    public var all: [(key: Key, value: Value)] {
        places.sorted { $0.value < $1.value }.map { ($0.key, values[$0.value]) }
    }

    /// Changes the value of a key in place, or that of the rest.
    public mutating func change(_ key: Key, new: @autoclosure () -> Value, _ change: (inout Value) -> Void) {
        if let place = places[key] { return change(&values[place]) }
        guard values.count < most else {
            var value = rest ?? new()
            change(&value)
            rest = value
            return
        }
        places[key] = values.count
        values.append(new())
        change(&values[values.count - 1])
    }

    /// A copy that shares no values: whoever goes on to change them copies nothing for it.
    var separate: Self {
        var copy = self
        copy.values = values.map { $0 }
        return copy
    }
}
