import SagaEngine
import SagaStore

/// How far a receiver has taken what it was told, and how far the store knows that.
///
/// The store is told when there is nothing to be told for a while, and else each second: a receiver that takes a thousand batches a second
/// costs the writer one small write in it. What was taken and not kept is told again by the next process.
struct DeliveryProgress: Sendable, Hashable {
    /// As the store has it.
    private(set) var kept: FeedCursor
    /// Up to here all was taken, or is nothing for this consumer.
    private(set) var reached: FeedCursor
    private var hasTaken = false
    private var keptAt: Int64

    /// Milliseconds between two acknowledgements.
    static let interval: Int64 = 1_000
    /// Commits that are nothing for this consumer, and are read again by the next process.
    static let passedMax: Int64 = 4_096

    init(_ kept: FeedCursor, at ticks: Int64) {
        self.kept = kept
        reached = kept
        keptAt = ticks
    }

    /// - Parameter taken: whether something of it was sent.
    mutating func reach(_ cursor: FeedCursor, taken: Bool) {
        reached = cursor
        if taken { hasTaken = true }
    }

    /// Whether the store is to be told.
    /// - Parameter isEnd: there is nothing to be told now.
    func isDue(isEnd: Bool, at ticks: Int64) -> Bool {
        guard reached != kept else { return false }
        if reached.life != kept.life || reached.place.commit - kept.place.commit > Self.passedMax { return true }
        return hasTaken && (isEnd || ticks - keptAt >= Self.interval)
    }

    mutating func wasKept(at ticks: Int64) {
        kept = reached
        hasTaken = false
        keptAt = ticks
    }
}
