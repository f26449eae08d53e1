internal import GRDB
public import SagaCore

/// A place in all that a store was ever told, in the order of its commits.
public struct FeedPlace: Sendable, Hashable, Comparable {
    /// Of the commit that is gone on with.
    public var commit: Int64
    /// How many of its inputs were told.
    public var told: Int

    /// The beginning, unless told otherwise.
    public init(commit: Int64 = 1, told: Int = 0) {
        self.commit = commit
        self.told = told
    }

    /// By the order of the commits.
    public static func < (one: FeedPlace, other: FeedPlace) -> Bool {
        (one.commit, one.told) < (other.commit, other.told)
    }
}

/// Which life of a store its places belong to: a restore begins another one, whose commits have the numbers of those that are lost.
public struct FeedLife: Sendable, Hashable {
    /// Drawn by chance.
    public var id: Int64
    /// Where it parted from the one before; the beginning in a store that was never restored.
    public var since: FeedPlace
    /// Behind the newest commit.
    public var end: FeedPlace
}

/// What comes behind a place.
public struct FeedStretch: Sendable {
    /// In the order of their commits.
    public var inputs: [Item] = []
    /// Where it begins: the place that was asked for, or what is there behind it.
    public var start: FeedPlace
    /// Behind the last of them.
    public var next: FeedPlace
    /// Whether commits between the place and the first of them are forgotten.
    public var isTorn = false
    /// Whether there is nothing behind `next` yet.
    public var isEnd = true

    /// An input, and the place behind it.
    public struct Item: Sendable, Hashable {
        /// The saga's number; it may have been taken away since.
        public var saga: Int64
        /// ``HistoryRow/n``.
        public var n: Int64
        /// When it was applied.
        public var at: Instant
        /// Where whoever was told it goes on.
        public var next: FeedPlace
    }
}

extension ReadTransaction {
    /// The inputs of all histories behind a place, in the order of the commits: so many commits at most, and of those behind the first so
    /// many inputs.
    ///
    /// All that a feed knows of how histories lie in the store. An input whose row was written again, as tries that end alike are, stands
    /// at both places; the row says by its time which one it is.
    public func feed(after place: FeedPlace, limit: Int) throws -> FeedStretch {
        var stretch = FeedStretch(start: place, next: place)
        let commits = try commits(after: place.commit - 1, limit: Self.commitsAtOnce + 1)
        if let first = commits.first, first.row > place.commit {
            stretch.isTorn = true
            stretch.start = FeedPlace(commit: first.row)
        }
        for commit in commits {
            if commit.row != commits.first?.row {
                let isFull = stretch.inputs.count + commit.inputs.count > limit
                if isFull || commit.row == commits.dropFirst(Self.commitsAtOnce).first?.row {
                    stretch.isEnd = false
                    return stretch
                }
            }
            let told = commit.row == place.commit ? min(max(0, place.told), commit.inputs.count) : 0
            for (index, input) in commit.inputs.enumerated().dropFirst(told) {
                let isLast = index == commit.inputs.count - 1
                let next =
                    isLast
                    ? FeedPlace(commit: commit.row + 1) : FeedPlace(commit: commit.row, told: index + 1)
                stretch.inputs.append(.init(saga: input.saga, n: input.n, at: commit.at, next: next))
            }
            stretch.next = FeedPlace(commit: commit.row + 1)
        }
        return stretch
    }

    /// The life that the store is in.
    public func feedLife() throws -> FeedLife {
        let found = try Row.fetchOne(
            db.cachedStatement(sql: "SELECT life, since, (SELECT max(row) FROM commit_log) FROM feed"))
        guard let id = found?.integer(0), let since = found?.integer(1), (0...Self.countMax).contains(since) else {
            throw StoreError(.unreadable, "the table 'feed' of the store does not read")
        }
        let last = found?.integer(2) ?? 0
        guard (0...Self.countMax).contains(last) else {
            throw StoreError(.unreadable, "commit \(last) of the store does not read")
        }
        return FeedLife(id: id, since: FeedPlace(commit: since + 1), end: FeedPlace(commit: last + 1))
    }

    private static var commitsAtOnce: Int { 256 }
}

extension Database {
    /// Another life begins: what was committed since the copy was made is lost, and its numbers are given again.
    func beginFeedLife() throws {
        try execute(
            sql: "UPDATE feed SET life = random(), since = (SELECT coalesce(max(row), 0) FROM commit_log)")
    }
}
