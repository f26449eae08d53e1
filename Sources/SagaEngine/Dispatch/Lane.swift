/// The way of calls to one participant: so many in flight at once, and the others wait in their order. A pure value that is told
/// what happens and says which calls leave.
///
/// A call leaves only from the head of what waits: a limit that was raised lets no new call overtake, and one that was lowered
/// lets none leave until those in flight have become fewer.
struct Lane<Item> {
    private(set) var inFlight = 0
    private var waiting: ArraySlice<Item> = []
    private var limit: Int
    private var isHeld: Bool

    /// How many wait.
    var queued: Int { waiting.count }

    /// - Parameter limit: how many may be in flight; less than 1 counts as 1.
    /// - Parameter isHeld: whether nothing leaves until ``hold(_:)`` says otherwise.
    init(limit: Int, isHeld: Bool) {
        self.limit = max(1, limit)
        self.isHeld = isHeld
    }

    /// A call is to be sent; what leaves now may be it, or those before it.
    mutating func callCame(_ item: Item) -> [Item] {
        waiting.append(item)
        return leave()
    }

    /// One in flight has come back, and its place is free.
    mutating func callEnded() -> [Item] {
        inFlight -= 1
        return leave()
    }

    /// Another configuration is in force, or the same.
    mutating func limitChanged(to limit: Int) -> [Item] {
        self.limit = max(1, limit)
        return leave()
    }

    /// - Parameter isHeld: whether nothing leaves from now on.
    mutating func hold(_ isHeld: Bool) -> [Item] {
        self.isHeld = isHeld
        return leave()
    }

    private mutating func leave() -> [Item] {
        guard !isHeld, inFlight < limit, !waiting.isEmpty else { return [] }
        let leaving = Array(waiting.prefix(limit - inFlight))
        waiting.removeFirst(leaving.count)
        inFlight += leaving.count
        return leaving
    }
}
