import SagaCore
import SagaStore

/// The rules of a consumer's place: forward by acknowledgement, and never to where the store has not been.
extension ConsumerRow {
    /// - Parameter life: of the store, now.
    /// - Returns: `nil` when it is there already.
    /// - Throws: ``EngineError/wrongCursor(consumer:message:)``.
    func acknowledged(_ cursor: FeedCursor, in life: FeedLife, at now: Instant) throws(EngineError) -> ConsumerRow? {
        try check(cursor, in: life)
        // Of another life it goes on where they parted at the latest, as the feed does.
        let reached = self.life == life.id ? place : min(place, life.since)
        if self.life == life.id, cursor.place == place { return nil }
        guard cursor.place >= reached else {
            throw .wrongCursor(
                consumer: name,
                message: "\(cursor) is before \(FeedCursor(life: self.life, place: place)), which '\(name)' has "
                    + "acknowledged; only an operator moves it back, with a reason")
        }
        return moved(to: cursor, at: now)
    }

    /// Anywhere, back and forth.
    func moved(to start: FeedStart, in life: FeedLife, at now: Instant) throws(EngineError) -> ConsumerRow {
        if case .after(let cursor) = start { try check(cursor, in: life) }
        return moved(to: Self.cursor(start, in: life), at: now)
    }

    static func cursor(_ start: FeedStart, in life: FeedLife) -> FeedCursor {
        switch start {
        case .now: FeedCursor(life: life.id, place: life.end)
        case .start: FeedCursor(life: life.id, place: FeedPlace())
        case .after(let cursor): cursor
        }
    }

    func check(_ cursor: FeedCursor, in life: FeedLife) throws(EngineError) {
        guard cursor.life == life.id else {
            throw .wrongCursor(
                consumer: name,
                message: "\(cursor) is of another life of the store: it was restored since, or is another one; go on "
                    + "with what the feed tells '\(name)' now")
        }
        guard cursor.place <= life.end else {
            throw .wrongCursor(consumer: name, message: "\(cursor) is beyond the newest commit: nobody was told it")
        }
    }

    private func moved(to cursor: FeedCursor, at now: Instant) -> ConsumerRow {
        var row = self
        row.life = cursor.life
        row.place = cursor.place
        row.movedAt = now
        return row
    }
}
