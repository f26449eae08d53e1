internal import GRDB
public import SagaCore

/// A workflow's name and a business key of it.
public struct BusinessKey: Sendable, Hashable {
    /// The workflow's name, of any version.
    public var workflow: String
    /// As it was given with the start; a saga without one has its id.
    public var key: String

    /// The key of a workflow, whether there is a saga of it or not.
    public init(workflow: String, key: String) {
        self.workflow = workflow
        self.key = key
    }
}

/// What a batch of orders needs to know before it is decided: all that is read for it.
public struct Wanted: Sendable, Hashable {
    /// Sagas by their numbers.
    public var sagas: Set<Int64> = []
    /// The sagas whose ids begin so.
    public var prefixes: Set<SagaID.Prefix> = []
    /// The last saga of each key, among those of the workflow's versions, which are named by their rows.
    public var keys: [BusinessKey: [Int64]] = [:]
    /// The signals that wait for a saga of the key.
    public var early: Set<BusinessKey> = []
    /// Jobs, each with so many of its next sagas.
    public var jobs: [Int64: Int] = [:]
    /// Which jobs are under way.
    public var openJobs = false

    /// Nothing yet.
    public init() {}

    /// Whether there is nothing to be read.
    public var isEmpty: Bool { self == Wanted() }
}

/// What was found of what was wanted.
public struct Fetched: Sendable {
    /// By number; no entry for one that is not there.
    public var sagas: [Int64: Stored] = [:]
    /// The numbers of those whose ids begin so, ``prefixMax`` at most.
    public var prefixes: [SagaID.Prefix: [Int64]] = [:]
    /// The number of the last saga of the key.
    public var keys: [BusinessKey: Int64] = [:]
    /// The oldest first; no entry where there is none.
    public var early: [BusinessKey: [EarlySignal]] = [:]
    /// Those that read, with their next sagas.
    public var jobs: [Int64: (job: JobRow, next: [JobSagaRow])] = [:]
    /// The ids of those that are not done.
    public var openJobs: Set<Int64> = []

    /// Sagas that were wanted by number and are to be fetched next: the others have ``bytesMax`` bytes.
    public var left: Set<Int64> = []
    /// What the records of `sagas` take, opened.
    var bytes = 0

    /// Nothing was wanted.
    public init() {}

    /// Bytes of records after which sagas are left for another fetch: a batch of sagas with long histories must not be in memory at once.
    public static let bytesMax = 16 << 20

    /// A saga as it is stored.
    public enum Stored: Sendable {
        case whole(SagaRow, [HistoryRow])
        /// The caller knows it already.
        case known(SagaRow)
        /// What does not read concerns this saga alone (semantics.md, rule 6).
        case unreadable(SagaID, message: String)
    }

    /// More matches of a prefix are not counted.
    public static let prefixMax = 100
    /// Sagas whose keys have the same hash that are looked at.
    static let alikeMax = 16
}

extension SagaStore {
    /// Reads what a batch wants, at once. For the thread that writes, on its connection: no list that takes long holds it up.
    /// - Parameter known: the business key of a saga that the caller has in memory, whose history is not read; else `nil`.
    /// - Throws: ``StoreError`` for what concerns more than single sagas.
    public func fetch(_ wanted: Wanted, known: (_ saga: Int64) -> String?) throws(StoreError) -> Fetched {
        try checkOpen()
        do {
            return try database.writeWithoutTransaction { db in
                try ReadTransaction(db, seals).fetch(wanted, known)
            }
        } catch {
            throw StoreError(error, doing: "cannot read the store '\(path)'", store: path)
        }
    }
}

extension ReadTransaction {
    fileprivate func fetch(_ wanted: Wanted, _ known: (Int64) -> String?) throws -> Fetched {
        var fetched = Fetched()
        for (key, workflows) in wanted.keys { try find(key, workflows, known, &fetched) }
        for prefix in wanted.prefixes {
            let rows = try sagas(matching: prefix, limit: Fetched.prefixMax)
            fetched.prefixes[prefix] = rows.map(\.id.number)
            if rows.count == 1 { try take(rows[0], known, &fetched) }
        }
        for key in wanted.early {
            let signals = try readableEarlySignals(workflow: key.workflow, key: key.key)
            if !signals.isEmpty { fetched.early[key] = signals }
        }
        if wanted.openJobs { fetched.openJobs = Set(try openJobs().map(\.id)) }
        var numbers = wanted.sagas
        for (id, count) in wanted.jobs {
            guard let job = try job(id) else { continue }
            let next = try sagas(ofJob: id, from: job.position, limit: count)
            fetched.jobs[id] = (job, next)
            numbers.formUnion(next.map(\.saga.number))
        }
        for number in numbers.sorted() where fetched.sagas[number] == nil {
            guard fetched.bytes < Fetched.bytesMax else {
                fetched.left.insert(number)
                continue
            }
            do {
                if let row = try saga(number: number) { try take(row, known, &fetched) }
            } catch let error as StoreError where error.code == .unreadable {
                let id = SagaID(high: SagaID.high(number: number), low: 0)
                fetched.sagas[number] = .unreadable(id, message: error.message)
            }
        }
        return fetched
    }

    /// The last saga that was started with the key: sagas of other keys with the same hash are passed over.
    private func find(
        _ key: BusinessKey, _ workflows: [Int64], _ known: (Int64) -> String?, _ fetched: inout Fetched
    ) throws {
        let tag = Tag(kind: .key, name: key.workflow, value: key.key)
        for row in try sagas(workflows: workflows, tag: tag, limit: Fetched.alikeMax) {
            try take(row, known, &fetched)
            if case .whole(_, let history)? = fetched.sagas[row.id.number] {
                guard case .started(let started)? = history.first?.records.first, started.key == key.key else {
                    continue
                }
            } else if let other = known(row.id.number), other != key.key {
                continue
            }
            fetched.keys[key] = row.id.number
            return
        }
    }

    private func take(_ row: SagaRow, _ known: (Int64) -> String?, _ fetched: inout Fetched) throws {
        let number = row.id.number
        guard fetched.sagas[number] == nil else { return }
        if known(number) != nil {
            fetched.sagas[number] = .known(row)
            return
        }
        do {
            let history = try history(of: row) { tail in seals.tails.with { $0.keep(tail) } }
            fetched.bytes += history.reduce(0) { $0 + $1.bytes }
            fetched.sagas[number] = .whole(row, history)
        } catch let error as StoreError where error.code == .unreadable {
            fetched.sagas[number] = .unreadable(row.id, message: error.message)
        }
    }
}
