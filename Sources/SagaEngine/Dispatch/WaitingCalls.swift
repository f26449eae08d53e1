/// Calls that wait in their order, found by their saga too: one is taken out without looking at the others, however many wait.
struct WaitingCalls<Item> {
    private struct Entry {
        var saga: Int64
        var item: Item
    }

    private var entries: [Int: Entry] = [:]
    private var bySaga: [Int64: [Int]] = [:]
    /// No entry has a lower place; those from here to `next` may have gone.
    private var first = 0
    private var next = 0

    var count: Int { entries.count }
    var isEmpty: Bool { entries.isEmpty }

    mutating func append(_ item: Item, of saga: Int64) {
        entries[next] = Entry(saga: saga, item: item)
        bySaga[saga, default: []].append(next)
        next += 1
    }

    mutating func popFirst() -> (saga: Int64, item: Item)? {
        guard let place = places(max: 1).first else { return nil }
        return remove(at: place)
    }

    /// The places of the first ones and whose they are, `max` at most.
    mutating func places(max: Int) -> [Int] {
        while first < next, entries[first] == nil { first += 1 }
        var found: [Int] = []
        var place = first
        while place < next, found.count < max {
            if entries[place] != nil { found.append(place) }
            place += 1
        }
        return found
    }

    /// Whose call waits at a place.
    func saga(at place: Int) -> Int64? { entries[place]?.saga }

    mutating func remove(at place: Int) -> (saga: Int64, item: Item)? {
        guard let entry = entries.removeValue(forKey: place) else { return nil }
        bySaga[entry.saga]?.removeAll { $0 == place }
        if bySaga[entry.saga]?.isEmpty == true { bySaga[entry.saga] = nil }
        return (entry.saga, entry.item)
    }

    /// Whether a call of the saga waits.
    func contains(_ saga: Int64) -> Bool { bySaga[saga] != nil }

    /// Takes those of a saga out for which `isWanted` says no, in their order.
    mutating func take(of saga: Int64, unless isWanted: (Item) -> Bool) -> [Item] {
        (bySaga[saga] ?? []).compactMap { place in
            guard let entry = entries[place], !isWanted(entry.item) else { return nil }
            return remove(at: place)?.item
        }
    }

    /// Takes all out, in their order.
    mutating func takeAll() -> [Item] {
        defer { self = WaitingCalls() }
        return entries.sorted { $0.key < $1.key }.map(\.value.item)
    }
}
