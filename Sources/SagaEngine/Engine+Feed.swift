import SagaCore
import SagaStore

extension Engine {
    /// What happened to all sagas, in the order of the commits, from a place on. It is read beside the writer, which only rings a bell for
    /// those that wait (``awaitNews(since:)``).
    ///
    /// - Parameter after: where to go on; `nil`: from the beginning. One of another life of the store, or of another store, goes on where
    ///   that parted from this one, and says so.
    /// - Throws: ``EngineError``: the store cannot be read, or the filter names what there is not.
    public func feed(
        after: FeedCursor? = nil, _ filter: FeedFilter = FeedFilter(), limit: Int = Engine.pageMax
    ) async throws(EngineError) -> FeedPage {
        let limit = min(max(1, limit), Self.pageMax)
        for name in filter.workflows.sorted() { try workflowSet.check(SagaFilter(workflow: name)) }
        return try await read { [self] reading throws in
            let life = try reading.feedLife()
            let saga = try filter.saga.map { try reading.row(named: $0).id.number }
            var pager = FeedPager(after: after, life, filter, saga: saga, limit: limit, workflows: workflowSet)
            try pager.fill(reading)
            return pager.page
        }
    }

    /// How many commits there were: to be asked for before a page is read, and told to ``awaitNews(since:)`` when that was the last one.
    public var news: Int { bell.rung }

    /// Comes back when there was a commit since then, at once if there was one already.
    /// - Returns: `false` when there will be none, or the task is cancelled.
    public func awaitNews(since news: Int) async -> Bool { await bell.wait(since: news) }
}
