public import SagaCore
import SagaStore

/// One who is told what happens, under a name: what it has acknowledged is kept in the store.
public struct FeedConsumer: Sendable, Hashable {
    /// 1 to 64 letters, digits, `-`, `_` and `.`.
    public var name: String
    /// Where it goes on: behind the last that it has acknowledged.
    public var cursor: FeedCursor
    /// What it is told; never of a single saga, as that ends.
    public var filter: FeedFilter
    /// When it was made.
    public var madeAt: Instant
    /// When it last acknowledged, or was moved; `nil`: never.
    public var movedAt: Instant?

    /// The longest name, in bytes.
    public static let nameBytesMax = 64

    /// Whether a text is a name: of letters that need no quotes in paths, labels and units.
    public static func isName(_ text: String) -> Bool {
        (1...nameBytesMax).contains(text.utf8.count) && text != "." && text != ".."
            && text.utf8.allSatisfy { byte in
                let character = Character(UnicodeScalar(byte))
                return byte < 0x80 && (character.isLetter || character.isNumber || "-_.".contains(character))
            }
    }

    init(_ row: ConsumerRow) {
        name = row.name
        cursor = FeedCursor(life: row.life, place: row.place)
        filter = FeedFilter(workflows: row.workflows, kinds: row.kinds)
        madeAt = row.madeAt
        movedAt = row.movedAt
    }
}

/// A consumer, and how far it is behind.
public struct ConsumerState: Sendable, Hashable {
    /// As it is kept.
    public var consumer: FeedConsumer
    /// Commits that it has not taken, with those that its filter leaves out.
    public var behind: Int64
    /// When the first of them was; `nil` when there is none.
    public var oldest: Instant?
}

/// How far one has come who acknowledges less often than it reads.
public struct ConsumerProgress: Sendable, Hashable {
    /// What it has acknowledged.
    public var kept: FeedCursor
    /// Up to here all was taken, or is nothing for it.
    public var reached: FeedCursor

    /// Between the two is what another process would tell again.
    public init(kept: FeedCursor, reached: FeedCursor) {
        self.kept = kept
        self.reached = reached
    }
}

/// Where a consumer begins, or is moved to.
public enum FeedStart: Sendable, Hashable {
    /// With what happens from now on.
    case now
    /// With the oldest that is kept.
    case start
    /// Behind an event.
    case after(FeedCursor)
}

/// What a consumer is told next.
public struct ConsumerPage: Sendable {
    /// As it was when the page was read.
    public var consumer: FeedConsumer
    /// From there, or from where it was asked from.
    public var page: FeedPage
}
