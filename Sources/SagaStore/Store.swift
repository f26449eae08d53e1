/// What the loop's writer asks of a store: two phases, and nothing between them. First all that a batch of orders wants is fetched; it is
/// decided in memory; then what is staged is written, whole or not at all, and is durable when that returns.
///
/// Sagas have numbers that their owner gives, and so have the rows of a history, `(saga, n)`, jobs and early signals: a store returns
/// none. One thread calls it. `StoreConformance` in the tests says what each one must do.
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

    /// Fails or hangs as a write would.
    /// - Parameter writing: commit what changes nothing, which alone tells whether a disk has room again.
    func probe(writing: Bool) throws(StoreError)
}

/// The highest numbers that a store has seen, 0 for none.
public struct LastNumbers: Sendable, Hashable {
    /// Of a saga that is there.
    public var saga: Int64 = 0
    /// Of a job that is there.
    public var job: Int64 = 0
    /// Of the row of a signal, also of one that was dropped.
    public var earlySignal: Int64 = 0

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

    /// As the tables have them.
    public func lastNumbers() throws(StoreError) -> LastNumbers {
        try read { reading throws in
            var last = LastNumbers()
            last.saga = try reading.lastNumber()
            last.job = try reading.lastJob()
            last.earlySignal = try reading.lastEarlySignal()
            return last
        }
    }
}
