internal import Dispatch
internal import GRDB
import Synchronization

/// Looks through a database for damage (`PRAGMA quick_check`), for so long at most. It only reads.
enum StoreCheck {
    /// - Returns: whether it got through in time.
    /// - Throws: ``StoreError`` `corrupt`, naming the damage.
    static func run(_ queue: DatabaseQueue, store: String, limit: Duration) throws -> Bool {
        let isOver = Mutex(false)
        let timer = DispatchSource.makeTimerSource()
        let milliseconds = Int(limit.components.seconds * 1_000 + limit.components.attoseconds / 1_000_000_000_000_000)
        // Again and again, as an interrupt that comes before the statement has begun is lost.
        timer.schedule(deadline: .now() + .milliseconds(milliseconds), repeating: .milliseconds(10))
        timer.setEventHandler { isOver.withLock { if !$0 { queue.interrupt() } } }
        timer.activate()
        defer {
            isOver.withLock { $0 = true }
            timer.cancel()
        }
        do {
            let found = try queue.read { try String.fetchAll($0, sql: "PRAGMA quick_check(100)") }
            if let damage = found.first(where: concernsAll) { throw corrupt(store, damage) }
            return true
        } catch let error as DatabaseError {
            if error.resultCode == .SQLITE_INTERRUPT { return false }
            guard error.resultCode == .SQLITE_CORRUPT else { throw error }
            throw corrupt(store, error.message ?? "malformed")
        }
    }

    static func corrupt(_ store: String, _ damage: String) -> StoreError {
        // The database's name, and the first of what may be hundreds.
        let line = damage.split(separator: "\n").prefix(2).joined(separator: " ")
        return StoreError(
            .corrupt,
            "the store '\(store)' is damaged (\(line)); it was not touched: keep it for a report, and put a backup in its "
                + "place with 'yogiyogid restore FILE'")
    }

    /// What is wrong with the values of one row concerns one saga, which is put aside when it is read (semantics.md, rule 6).
    private static func concernsAll(_ line: String) -> Bool {
        let ofRows = ["NULL value in ", "non-", "TEXT value in ", "NUMERIC value in ", "CHECK constraint failed in "]
        return line != "ok" && !ofRows.contains { line.hasPrefix($0) }
    }
}

extension SagaStore {
    /// Looks through the whole store for damage, beside whoever reads and writes it.
    /// - Returns: whether it got through in time.
    /// - Throws: ``StoreError`` `corrupt`.
    public func check(limit: Duration) throws(StoreError) -> Bool {
        try checkOpen()
        do {
            var configuration = Configuration()
            configuration.readonly = true
            let queue = try DatabaseQueue(path: path, configuration: configuration)
            defer { try? queue.close() }
            return try StoreCheck.run(queue, store: path, limit: limit)
        } catch {
            throw StoreError(error, doing: "cannot check the store '\(path)'", store: path)
        }
    }
}
