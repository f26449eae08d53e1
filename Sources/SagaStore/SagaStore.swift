import Dispatch
internal import Foundation
internal import GRDB
import Synchronization

/// The sagas on disk: SQLite in WAL mode with `synchronous=FULL`; the only place that knows SQL.
public final class SagaStore: Sendable {
    let database: any DatabaseWriter
    let keys: Keys
    let seals: Seals
    private let lock: LockBox?
    /// Held for the connections that tell it.
    private let movement: Movement?
    /// `nil` in memory.
    private let files: StoreFiles?
    let beforeCommit: @Sendable () throws -> Void
    private let isClosed = Atomic<Bool>(false)
    /// The file, or `:memory:`.
    public let path: String
    /// What is being decided; `nil` in memory, and where its file cannot be made.
    public let mark: InputMark?
    /// Whether opening looked through all of the file for damage; ``check(limit:)`` does it at leisure.
    public let isChecked: Bool

    /// How long a write waits for another program's lock.
    static let busyMilliseconds = 5_000

    /// What is left of a write-ahead log that grew while another program read the store for long: four times the thousand pages after
    /// which SQLite uses it anew, so that one of every day is never cut and written again, which takes twice as long.
    static let logBytesMax: Int64 = 16 << 20

    private static let readersMax = 4

    /// For how long a start looks through a store for damage: some 400 MB of it.
    public static let checkLimitDefault = Duration.seconds(1)

    /// Opens (and creates) the store at a path: takes its lock, looks through it for damage, finds its key, migrates it, and makes sure
    /// that a commit is durable.
    /// - Parameters:
    ///   - limit: for how long it is looked through, `nil` for not at all; it is not when it is as its process left it
    ///     (decision 0006).
    ///   - moves: called again and again while a statement moves on, and not while it stands: for starts that take long.
    /// - Throws: ``StoreError``, which says what to do.
    public static func open(
        at path: String, keys: StoreKeys = .file, checkingFor limit: Duration? = checkLimitDefault,
        moves: (@Sendable () -> Void)? = nil
    ) throws(StoreError) -> SagaStore {
        try open(at: path, keys: keys, checkingFor: limit, movement: moves.map { Movement(told: $0) })
    }

    static func open(
        at path: String, keys: StoreKeys = .file, checkingFor limit: Duration? = checkLimitDefault,
        movement: Movement?, tails: Tails = Tails()
    ) throws(StoreError) -> SagaStore {
        let file = StoreFile.resolved(path)
        let lock = LockBox(try StoreLock(path: file + ".lock", store: path))
        do {
            try Restore.finish(file)
            SagaStore.dropBackups(of: file)
            let isAsLeft = lock.cleanEnd.map { $0 == CleanEnd.words(of: file) } ?? false
            let (wrapped, isChecked) = try StoreFile.check(path, for: isAsLeft ? nil : limit)
            let unlocking = try Unlocking(
                wrapped, with: keys, file: KeyFile(path: StoreFile.resolved(path) + ".key"))
            try StoreFile.create(path)
            var configuration = Configuration()
            configuration.maximumReaderCount = readersMax
            configuration.busyMode = .timeout(Double(busyMilliseconds) / 1_000)
            configuration.prepareDatabase { db in
                movement?.watch(db)
                // Of a new file: what retention frees can be given back. An older one is turned by a restore alone (decision 0009).
                guard !db.configuration.readonly else { return }
                try db.execute(sql: "PRAGMA auto_vacuum = INCREMENTAL")
            }
            let pool = try DatabasePool(path: path, configuration: configuration)
            return try SagaStore(
                pool, unlocking, lock: lock, path: path, movement: movement, isChecked: isChecked, tails: tails)
        } catch {
            throw StoreError(error, doing: "cannot open the store '\(path)'", store: path)
        }
    }

    /// A store that lives as long as the process, for tests and simulations.
    /// - Parameter beforeCommit: the disk's whims: runs in each write before its COMMIT; what it throws undoes the write.
    public static func inMemory(
        beforeCommit: @escaping @Sendable () throws -> Void = {}
    ) throws(StoreError) -> SagaStore {
        do {
            return try SagaStore(
                try DatabaseQueue(), Unlocking(), lock: nil, path: ":memory:", beforeCommit: beforeCommit)
        } catch {
            throw StoreError(error, doing: "cannot open a store in memory")
        }
    }

    private init(
        _ database: any DatabaseWriter, _ unlocking: Unlocking, lock: LockBox?, path: String,
        movement: Movement? = nil, isChecked: Bool = true, tails: Tails = Tails(),
        beforeCommit: @escaping @Sendable () throws -> Void = {}
    ) throws {
        self.database = database
        self.movement = movement
        self.lock = lock
        self.beforeCommit = beforeCommit
        self.path = path
        self.isChecked = isChecked
        mark = lock == nil ? nil : InputMark(path: StoreFile.resolved(path) + ".now")
        // GRDB's pool sets NORMAL while it opens, after `prepareDatabase` has run: it must be set, and read back, here.
        let synchronous = try database.writeWithoutTransaction { db in
            // It holds when the log is begun anew, and cuts nothing below it (sqlite.org/pragma.html#pragma_journal_size_limit).
            try db.execute(sql: "PRAGMA journal_size_limit = \(Self.logBytesMax); PRAGMA synchronous = FULL")
            return try Int.fetchOne(db, sql: "PRAGMA synchronous")
        }
        guard synchronous == 2 else {
            throw StoreError(
                .notDurable,
                "PRAGMA synchronous reads \(synchronous ?? -1) and not 2 (FULL) on '\(path)': refusing to start")
        }
        // Claimed before the first table: a crash in the middle of a migration leaves a file that is known to be ours.
        try database.writeWithoutTransaction { db in
            if try Int.fetchOne(db, sql: "PRAGMA application_id") != Schema.applicationID {
                try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
            }
        }
        try Schema.migrator.migrate(database)
        keys = try unlocking.settle(in: database)
        seals = Seals(ring: keys.ring, book: Phrasebook(), tails: TailBox(tails))
        try database.writeWithoutTransaction { [seals] in try seals.book.load($0) }
        if let pool = database as? DatabasePool {
            // The log is there once something was written.
            files = try StoreFiles(database: path, lock: StoreFile.resolved(path) + ".lock")
            try Self.openReaders(of: pool)
        } else {
            files = nil
        }
        // A file that this user may only read opens without a word.
        try probe()
    }

    /// Opens all readers, which GRDB would do when they are needed: by then the descriptors may be used up, or another file may stand at
    /// the path. (In threads, as a reader is opened only while all others are busy.)
    private static func openReaders(of pool: DatabasePool) throws {
        let (isBusy, isDone) = (DispatchSemaphore(value: 0), DispatchSemaphore(value: 0))
        let end = DispatchSemaphore(value: 0)
        let failure = Mutex<(any Error)?>(nil)
        for _ in 0..<readersMax {
            // Weak: a thread that is not quite over must not keep the files open.
            Thread.detachNewThread { [weak pool] in
                do {
                    try pool?.read { _ in
                        isBusy.signal()
                        end.wait()
                    }
                } catch {
                    failure.withLock { $0 = error }
                    isBusy.signal()
                }
                isDone.signal()
            }
        }
        for _ in 0..<readersMax { isBusy.wait() }
        for _ in 0..<readersMax { end.signal() }
        for _ in 0..<readersMax { isDone.wait() }
        if let error = failure.withLock({ $0 }) { throw error }
    }

    /// Whether the files that the store was opened with are where they were. A commit is durable only as long as they are.
    /// - Throws: ``StoreError`` `gone`.
    public func checkFiles() throws(StoreError) {
        try files?.check()
    }

    /// Whether the write-ahead log is longer than it is in normal running, as while another program reads for long: two writes after that
    /// it is short again.
    public var isLogLong: Bool { (files?.logBytes ?? 0) > Self.logBytesMax }

    /// Of the write-ahead log; 0 in memory, and when it cannot be told.
    public var logBytes: Int64 { files?.logBytes ?? 0 }

    /// Closes the database and releases the lock; whoever comes later gets ``StoreError`` `closed`.
    public func close() {
        guard !isClosed.exchange(true, ordering: .acquiringAndReleasing) else { return }
        let isInPlace = (try? files?.check()) != nil
        // The last to close moves the log into the file, and only a writer can: GRDB's pool closes its readers last.
        (database as? DatabasePool)?.invalidateReadOnlyConnections()
        try? database.close()
        // Another file in its place is not as this process left it.
        lock?.release(isInPlace ? CleanEnd.words(of: StoreFile.resolved(path)) : nil)
    }

    /// SQLite's handle is gone after a close, and GRDB's queue would follow it.
    func checkOpen() throws(StoreError) {
        if isClosed.load(ordering: .acquiring) { throw StoreError(.closed, "the store '\(path)' is closed") }
    }

    /// Last before each COMMIT.
    func readyToCommit() throws {
        try beforeCommit()
        try checkFiles()
    }

    /// Runs one transaction; it is on the disk when this returns, and nothing of it is when this throws. Whether the disk still has a
    /// name for it is asked before the commit, and by ``checkFiles()`` after it.
    public func write<T>(_ body: (borrowing WriteTransaction) throws -> T) throws(StoreError) -> T {
        try checkOpen()
        do {
            return try database.writeWithoutTransaction { db in
                var result: T?
                try db.inTransaction(.immediate) {
                    result = try body(WriteTransaction(db, seals))
                    try logCommit(db)
                    try readyToCommit()
                    return .commit
                }
                seals.settle(isKept: true)
                guard let result else { throw StoreError(.failed, "the transaction gave nothing") }
                return result
            }
        } catch {
            seals.settle(isKept: false)
            throw StoreError(error, doing: "cannot write the store '\(path)'", store: path)
        }
    }

    /// Reads a snapshot; never waits for a writer.
    public func read<T>(_ body: (borrowing ReadTransaction) throws -> T) throws(StoreError) -> T {
        try checkOpen()
        do {
            return try database.read { db in try body(ReadTransaction(db, seals)) }
        } catch {
            throw StoreError(error, doing: "cannot read the store '\(path)'", store: path)
        }
    }

    /// Takes the write lock and gives it back: fails or hangs as a write would, and writes nothing.
    /// - Parameter writing: commit a page that says what it said before, for a store that took no writes: only that tells
    ///   whether the disk has room again.
    public func probe(writing: Bool = false) throws(StoreError) {
        try checkOpen()
        do {
            try checkFiles()
            try database.writeWithoutTransaction { db in
                _ = try Int.fetchOne(db, sql: "SELECT count(*) FROM workflow")
                try db.inTransaction(.immediate) {
                    guard writing else { return .rollback }
                    try db.execute(sql: "PRAGMA application_id = \(Schema.applicationID)")
                    try readyToCommit()
                    return .commit
                }
            }
        } catch {
            throw StoreError(error, doing: "cannot write the store '\(path)'", store: path)
        }
    }

    /// What SQLite says it does for durability, 2 being FULL; read on the writing connection.
    public func synchronous() throws(StoreError) -> Int {
        try checkOpen()
        do {
            return try database.writeWithoutTransaction { try Int.fetchOne($0, sql: "PRAGMA synchronous") ?? -1 }
        } catch {
            throw StoreError(error, doing: "cannot read a pragma of '\(path)'", store: path)
        }
    }
}

/// Holds the lock for as long as the store is open.
private final class LockBox: Sendable {
    private let lock: Mutex<StoreLock?>

    init(_ lock: consuming sending StoreLock) {
        self.lock = Mutex(lock)
    }

    var cleanEnd: String? { lock.withLock { $0?.cleanEnd } }

    func release(_ cleanEnd: String?) {
        lock.withLock { lock in
            if let cleanEnd { lock?.note(cleanEnd: cleanEnd) }
            lock = nil
        }
    }
}
