/// Due times, the earliest first: a binary heap that knows where each number stands, so that a number has one entry, which moves when its
/// time does and goes when it has none.
package struct DueHeap {
    /// What is due, and when, in whatever unit its user counts.
    package struct Item: Hashable {
        /// Of any clock, but of one.
        package var due: Int64
        /// Whose time it is.
        package var number: Int64

        /// At the same time the smaller number, so that the same entries give the same order however they came.
        fileprivate func isBefore(_ other: Item) -> Bool { (due, number) < (other.due, other.number) }
    }

    private var items: [Item] = []
    private var places: [Int64: Int] = [:]

    /// An empty one.
    package init() {}

    /// The earliest.
    package var first: Item? { items.first }
    /// Of the numbers that have a time.
    package var count: Int { items.count }

    /// Gives `number` its one time, in place of the one that it has.
    package mutating func set(due: Int64, for number: Int64) {
        let item = Item(due: due, number: number)
        guard let place = places[number] else {
            items.append(item)
            places[number] = items.count - 1
            rise(from: items.count - 1)
            return
        }
        items[place] = item
        settle(at: place)
    }

    /// Takes its time from `number`, if it has one.
    package mutating func remove(_ number: Int64) {
        guard let place = places.removeValue(forKey: number) else { return }
        let last = items.removeLast()
        guard place < items.count else { return }
        items[place] = last
        places[last.number] = place
        settle(at: place)
    }

    /// Takes the earliest when it is due.
    package mutating func pop(until now: Int64) -> Item? {
        guard let first = items.first, first.due <= now else { return nil }
        remove(first.number)
        return first
    }

    private mutating func settle(at place: Int) {
        rise(from: place)
        sink(from: place)
    }

    private mutating func rise(from place: Int) {
        var child = place
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child].isBefore(items[parent]) else { return }
            swap(child, parent)
            child = parent
        }
    }

    private mutating func sink(from place: Int) {
        var parent = place
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count {
                if items[child].isBefore(items[least]) { least = child }
            }
            guard least != parent else { return }
            swap(parent, least)
            parent = least
        }
    }

    private mutating func swap(_ one: Int, _ other: Int) {
        items.swapAt(one, other)
        places[items[one].number] = one
        places[items[other].number] = other
    }
}
