public import SagaCore
public import SagaStore

/// Where a feed is gone on with: a place in one life of a store. Opaque to whoever keeps it.
public struct FeedCursor: Sendable, Hashable, CustomStringConvertible {
    /// Of the store.
    public var life: Int64
    /// In it.
    public var place: FeedPlace

    public init(life: Int64, place: FeedPlace) {
        self.life = life
        self.place = place
    }

    /// Reads what ``description`` wrote; `nil` for anything else.
    public init?(_ text: String) {
        let parts = text.split(separator: "-", omittingEmptySubsequences: false)
        guard parts.count == 3, parts[0].utf8.count == 16, let life = UInt64(parts[0], radix: 16),
            let commit = Int64(parts[1]), let told = Int(parts[2]), commit > 0, told >= 0
        else { return nil }
        self.init(life: Int64(bitPattern: life), place: FeedPlace(commit: commit, told: told))
        guard description == text else { return nil }
    }

    /// Of letters that need no encoding in a query.
    public var description: String {
        let digits = String(UInt64(bitPattern: life), radix: 16)
        return String(repeating: "0", count: 16 - digits.count) + digits + "-\(place.commit)-\(place.told)"
    }
}

/// What a feed tells; what is `nil` or empty leaves nothing out.
public struct FeedFilter: Sendable, Hashable {
    /// Names of workflows.
    public var workflows: Set<String>
    /// ``Record/name`` of records.
    public var kinds: Set<String>
    /// `nil`: of all.
    public var saga: SagaReference?

    /// Everything, unless told otherwise.
    public init(workflows: Set<String> = [], kinds: Set<String> = [], saga: SagaReference? = nil) {
        self.workflows = workflows
        self.kinds = kinds
        self.saga = saga
    }
}

/// One thing that a feed tells.
public struct FeedEvent: Sendable {
    /// What it is.
    public var news: News
    /// Where whoever was told it goes on.
    public var cursor: FeedCursor

    /// A record, or why some are missing.
    public enum News: Sendable {
        /// What happened to a saga. Secrets are not masked yet.
        case record(HistoryEntry, of: Told)
        /// Some of what came between the last event and this one is no longer there: retention took it away.
        /// - Parameter inputs: how many are known to be missing; `nil`: nobody knows.
        case pruned(inputs: Int?)
        /// The store is another than the cursor's: what was told behind the place where they parted is not its history. What follows is
        /// told from there on.
        case restored
        /// A saga's history cannot be read.
        case unreadable(SagaID, message: String)
    }

    /// The saga of a record.
    public struct Told: Sendable {
        /// Which one.
        public var saga: SagaID
        /// Of the workflow that it is pinned to now.
        public var workflow: String
        /// Of that.
        public var version: String
        /// Hides what is secret in its input.
        public var masker: Masker
    }
}

/// Some of a feed, bounded in number and in bytes.
public struct FeedPage: Sendable {
    /// In the order of the commits.
    public var events: [FeedEvent] = []
    /// Where it goes on: behind the last event, and behind all that the filter has left out.
    public var next: FeedCursor
    /// Whether there is no more yet.
    public var isEnd = false
}
