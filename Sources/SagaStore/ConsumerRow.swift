internal import GRDB
public import SagaCore

/// One who is told what happens, under a name, and how far it has said that it took it.
public struct ConsumerRow: Sendable, Hashable {
    public var name: String
    /// The life of the store that `place` belongs to.
    public var life: Int64
    /// Where it goes on.
    public var place: FeedPlace
    /// Names of workflows; none: all.
    public var workflows: Set<String>
    /// Words of records; none: all.
    public var kinds: Set<String>
    /// When it was made.
    public var madeAt: Instant
    /// When its place was last moved; `nil`: never.
    public var movedAt: Instant?

    /// One who has taken nothing yet.
    public init(
        name: String, life: Int64, place: FeedPlace, workflows: Set<String> = [], kinds: Set<String> = [],
        madeAt: Instant
    ) {
        self.name = name
        self.life = life
        self.place = place
        self.workflows = workflows
        self.kinds = kinds
        self.madeAt = madeAt
    }
}

extension WriteTransaction {
    /// Keeps a consumer, in place of one of that name.
    public func put(_ consumer: ConsumerRow) throws {
        try db.cachedStatement(
            sql: """
                INSERT OR REPLACE INTO consumer(name, life, place, told, workflows, kinds, made, moved)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?)
                """
        ).execute(arguments: [
            consumer.name, consumer.life, consumer.place.commit, consumer.place.told,
            ConsumerRow.text(consumer.workflows), ConsumerRow.text(consumer.kinds), consumer.madeAt.milliseconds,
            consumer.movedAt?.milliseconds,
        ])
    }

    /// Forgets one; nothing happens when there is none.
    public func delete(consumer name: String) throws {
        try db.execute(sql: "DELETE FROM consumer WHERE name = ?", arguments: [name])
    }
}

extension ReadTransaction {
    /// By name; and the names of those whose rows do not read.
    public func consumers() throws -> (rows: [ConsumerRow], unreadable: [String]) {
        var found: (rows: [ConsumerRow], unreadable: [String]) = ([], [])
        for row in try Row.fetchAll(db, sql: "SELECT \(ConsumerRow.columns) FROM consumer ORDER BY name") {
            if let consumer = ConsumerRow(row) {
                found.rows.append(consumer)
            } else {
                found.unreadable.append(String.fromDatabaseValue(row[0]) ?? "?")
            }
        }
        return found
    }

    /// The one of that name; `nil` when there is none.
    /// - Throws: ``StoreError`` `unreadable`: where it was is not to be guessed.
    public func consumer(_ name: String) throws -> ConsumerRow? {
        let statement = try db.cachedStatement(sql: "SELECT \(ConsumerRow.columns) FROM consumer WHERE name = ?")
        guard let row = try Row.fetchOne(statement, arguments: [name]) else { return nil }
        guard let consumer = ConsumerRow(row) else {
            throw StoreError(
                .unreadable,
                "the consumer '\(name)' of the feed holds values that nobody wrote; remove it and make it anew")
        }
        return consumer
    }

    /// How many there are, with those that do not read.
    public func consumerCount() throws -> Int {
        try Int.fetchOne(db, sql: "SELECT count(*) FROM consumer") ?? 0
    }

    /// When the first commit at or behind a place was; `nil` when there is none, or it does not say it.
    public func commitTime(from place: FeedPlace) throws -> Instant? {
        try Row.fetchOne(
            db.cachedStatement(sql: "SELECT at FROM commit_log WHERE row >= ? ORDER BY row LIMIT 1"),
            arguments: [place.commit]
        )?.integer(0).map(Instant.init(milliseconds:))
    }
}

extension ConsumerRow {
    static let columns = "name, life, place, told, workflows, kinds, made, moved"

    /// More inputs than any commit has.
    private static let toldMax = Int64(Int32.max)

    /// `nil` when it does not read.
    fileprivate init?(_ row: Row) {
        guard let name = String.fromDatabaseValue(row[0]), let life = row.integer(1), let commit = row.integer(2),
            let told = row.integer(3), let workflows = String.fromDatabaseValue(row[4]),
            let kinds = String.fromDatabaseValue(row[5]), let made = row.integer(6),
            let moved = Int64?.fromDatabaseValue(row[7]), (1...ReadTransaction.countMax + 1).contains(commit),
            (0...Self.toldMax).contains(told)
        else { return nil }
        self.init(
            name: name, life: life, place: FeedPlace(commit: commit, told: Int(told)), workflows: Self.words(workflows),
            kinds: Self.words(kinds), madeAt: Instant(milliseconds: made))
        movedAt = moved.map(Instant.init(milliseconds:))
    }

    /// A line each: no name has a line break.
    fileprivate static func text(_ words: Set<String>) -> String { words.sorted().joined(separator: "\n") }

    private static func words(_ text: String) -> Set<String> { Set(text.split(separator: "\n").map(String.init)) }
}
