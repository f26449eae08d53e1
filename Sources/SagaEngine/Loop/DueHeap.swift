/// Due times, the earliest first: a binary heap of pairs. An entry may be stale; whoever takes it looks at the saga.
struct DueHeap {
    struct Item {
        var due: Int64
        var number: Int64
    }

    private var items: [Item] = []

    var first: Item? { items.first }
    var count: Int { items.count }

    mutating func push(due: Int64, number: Int64) {
        items.append(Item(due: due, number: number))
        var child = items.count - 1
        while child > 0 {
            let parent = (child - 1) / 2
            guard items[child].due < items[parent].due else { return }
            items.swapAt(child, parent)
            child = parent
        }
    }

    /// Takes the earliest when it is due.
    mutating func pop(until now: Int64) -> Item? {
        guard let first = items.first, first.due <= now else { return nil }
        let last = items.removeLast()
        guard !items.isEmpty else { return first }
        items[0] = last
        var parent = 0
        while true {
            var least = parent
            for child in [2 * parent + 1, 2 * parent + 2] where child < items.count {
                if items[child].due < items[least].due { least = child }
            }
            guard least != parent else { return first }
            items.swapAt(parent, least)
            parent = least
        }
    }
}
