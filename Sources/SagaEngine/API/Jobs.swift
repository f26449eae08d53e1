public import CEL
public import SagaCore
import SagaStore

/// Asks for an act on many sagas.
public struct JobCommand: Sendable, Hashable {
    /// What is done to each.
    public var act: Act
    /// Which sagas: the live ones that fit when the job is accepted. Its limit and cursor do not count.
    public var filter: SagaFilter
    /// How fast.
    public var rate: JobRate
    /// Why, for each saga's history; blank is ``EngineError/reasonMissing``.
    public var reason: String
    /// Who, as the kernel attests it; `nil` when nobody at a socket did.
    public var by: Actor?

    /// A job that nobody has accepted yet.
    public init(_ act: Act, of filter: SagaFilter, rate: JobRate = JobRate(), reason: String, by: Actor? = nil) {
        self.act = act
        self.filter = filter
        self.rate = rate
        self.reason = reason
        self.by = by
    }

    /// The acts that need no step, by their names.
    public enum Act: String, Sendable, Hashable, CaseIterable {
        case retry, pause, resume, terminate
    }
}

/// So many acts in a second, a minute or an hour.
public struct JobRate: Sendable, Hashable, CustomStringConvertible {
    /// 1 ... ``countMax``.
    public let count: Int64
    /// Milliseconds: 1,000, 60,000 or 3,600,000.
    public let per: Int64

    /// More in a unit of time is no pace but all at once.
    public static let countMax: Int64 = 10_000
    private static let units: [(name: String, milliseconds: Int64)] = [
        ("s", 1_000), ("m", 60_000), ("h", 3_600_000),
    ]

    /// 50 a second: below what participants of this engine's size take without notice.
    public init() {
        count = 50
        per = 1_000
    }

    init(count: Int64, per: Int64) {
        self.count = count
        self.per = per
    }

    /// `50/s`, `10/m` or `3/h`; `nil` for any other text.
    public init?(_ text: String) {
        let parts = text.split(separator: "/", omittingEmptySubsequences: false)
        guard parts.count == 2, let count = Int64(parts[0]), (1...Self.countMax).contains(count),
            let unit = Self.units.first(where: { $0.name == parts[1] })
        else { return nil }
        self.count = count
        per = unit.milliseconds
    }

    public var description: String {
        "\(count)/" + (Self.units.first { $0.milliseconds == per }?.name ?? "\(per)ms")
    }
}

/// A job and how far it is.
public struct Job: Sendable {
    /// Counts from 1.
    public var id: Int64
    /// The word of its act.
    public var act: String
    /// Why.
    public var reason: String
    /// Who asked for it.
    public var by: Actor?
    /// By what its sagas were chosen.
    public var filter: MapValue
    /// How fast it goes.
    public var rate: JobRate
    /// When its sagas were chosen.
    public var acceptedAt: Instant
    /// When the last one was done; `nil` until then.
    public var endedAt: Instant?
    /// Its sagas.
    public var total: Int
    /// Those that took the act.
    public var done: Int
    /// Those that could not take it as they were.
    public var refused: Int
    /// Those that cannot be read or written.
    public var failed: Int

    /// Those whose turn has not come.
    public var left: Int { total - done - refused - failed }

    init(_ row: JobRow, _ outcomes: [JobSagaRow.ActOutcome: Int]) {
        id = row.id
        act = row.act
        reason = row.reason
        by = row.by
        filter = (try? JSON.parse(Array(row.filter.utf8)))?.mapValue ?? MapValue()
        rate = JobRate(count: row.count, per: row.per)
        acceptedAt = row.acceptedAt
        endedAt = row.endedAt
        total = Int(row.total)
        done = outcomes[.done] ?? 0
        refused = outcomes[.refused] ?? 0
        failed = outcomes[.failed] ?? 0
    }
}

/// A job with some of its sagas.
public struct JobPage: Sendable {
    /// How far it is.
    public var job: Job
    /// In the order of their turns.
    public var items: [Item]
    /// Where the next page begins; `nil` on the last one.
    public var next: Int?

    /// One saga of a job.
    public struct Item: Sendable {
        public var saga: SagaID
        /// `done`, `refused`, `failed`, or `left` until its turn has come.
        public var outcome: String
        /// Why not, when it was not done.
        public var message: String?
    }
}
