/// What the engine asks of a store. The loop's writer: two phases, and nothing between them. First all that a batch of orders wants is fetched; it is
/// decided in memory; then what is staged is written, whole or not at all, and is durable when that returns.
///
/// Sagas have numbers that their owner gives, and so have the rows of a history, `(saga, n)`, jobs and early signals: a store returns
/// none. One thread calls it; what is shown of sagas is read by any, beside it. `StoreConformance` in the tests says what each one must do.
public protocol Store: Sendable {
    /// Reads what is wanted, as of the last commit.
    /// - Parameter known: the business key of a saga that the caller has in memory, whose history is not read; else `nil`.
    /// - Throws: ``StoreError`` for what concerns more than single sagas.
    func fetch(_ wanted: Wanted, known: (_ saga: Int64) -> String?) throws(StoreError) -> Fetched

    /// Writes all changes in their order, or none, and reads nothing.
    /// - Parameter written: called when all is written, before it is made durable.
    func commit(_ changes: [Change], written: () -> Void) throws(StoreError)

    /// The highest numbers that were given; new ones are above them.
    func lastNumbers() throws(StoreError) -> LastNumbers

    /// The inputs of all histories behind a place, in the order of their commits, each at least once. Never waits for the writer.
    /// - Parameter limit: of inputs, but for those of one commit.
    func feed(after place: FeedPlace, limit: Int) throws(StoreError) -> FeedStretch

    /// Which life the places of the feed belong to, and where its end is.
    func feedLife() throws(StoreError) -> FeedLife

    /// Fails or hangs as a write would.
    /// - Parameter writing: commit what changes nothing, which alone tells whether a disk has room again.
    func probe(writing: Bool) throws(StoreError)

    /// What lists show of a saga, as it was written with its row; `nil` when there is none. Never waits for the writer.
    /// - Throws: ``StoreError``, of which `unreadable` also when the saga was put aside since.
    func summary(ofSaga number: Int64) throws(StoreError) -> [UInt8]?

    /// Rows of a view, newest saga first, as of the last commit. Never waits for the writer.
    /// - Parameters:
    ///   - key: only those that are found by it.
    ///   - before: only sagas with numbers below it.
    ///   - bytesMax: what the rows have together, but that of the last one.
    func rows(
        ofView view: Int64, key: String?, before: Int64, limit: Int, bytesMax: Int
    ) throws(StoreError) -> ViewRows
}

/// Some rows of a view.
public struct ViewRows: Sendable, Hashable {
    /// Newest saga first.
    public var rows: [ViewRow] = []
    /// Whether there are more behind them.
    public var hasMore = false
}

/// The highest numbers that a store has seen, 0 for none.
public struct LastNumbers: Sendable, Hashable {
    /// Of a saga that is there.
    public var saga: Int64 = 0
    /// Of a job that is there.
    public var job: Int64 = 0
    /// Of the row of a signal, also of one that was dropped.
    public var earlySignal: Int64 = 0
    /// The serial of a saga, by the name of its workflow, also of one that is gone; no entry for 0.
    public var serials: [String: Int64] = [:]

    /// Those of an empty store.
    public init() {}
}

extension SagaStore: Store {
    /// One transaction of SQLite.
    public func commit(_ changes: [Change], written: () -> Void) throws(StoreError) {
        try write { transaction in
            for change in changes { try transaction.write(change) }
            written()
        }
    }

    /// Of the saga's row.
    public func summary(ofSaga number: Int64) throws(StoreError) -> [UInt8]? {
        try read { reading throws in
            guard let row = try reading.saga(number: number) else { return nil }
            return try reading.summary(of: row)
        }
    }

    /// One range of the view's table, or of its index by key.
    public func rows(
        ofView view: Int64, key: String?, before: Int64, limit: Int, bytesMax: Int
    ) throws(StoreError) -> ViewRows {
        try read { reading throws in
            var found = ViewRows()
            var bytes = 0
            try reading.eachRow(ofView: view, key: key, before: before) { row in
                if found.rows.count >= limit || bytes >= bytesMax {
                    found.hasMore = true
                    return false
                }
                found.rows.append(row)
                bytes += row.row.count
                return true
            }
            return found
        }
    }

    /// Along the log of commits.
    public func feed(after place: FeedPlace, limit: Int) throws(StoreError) -> FeedStretch {
        try read { reading throws in try reading.feed(after: place, limit: limit) }
    }

    /// As it is kept since the store was made, or restored.
    public func feedLife() throws(StoreError) -> FeedLife { try read { reading throws in try reading.feedLife() } }

    /// As the tables have them.
    public func lastNumbers() throws(StoreError) -> LastNumbers {
        try read { reading throws in
            var last = LastNumbers()
            last.saga = try reading.lastNumber()
            last.job = try reading.lastJob()
            last.earlySignal = try reading.lastEarlySignal()
            last.serials = try reading.lastSerials()
            return last
        }
    }
}
