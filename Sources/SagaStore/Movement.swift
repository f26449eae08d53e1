internal import GRDB
internal import GRDBSQLite

/// Tells that a statement moves on: SQLite calls back each so many steps of its machine (sqlite3_progress_handler()), so a statement that
/// stands, on a disk that hangs say, tells nothing.
final class Movement: Sendable {
    private let told: @Sendable () -> Void
    private let steps: Int32

    /// Some ten milliseconds of work: often enough for a service manager that counts in seconds, and free.
    static let stepsDefault: Int32 = 1_000_000

    init(steps: Int32 = Movement.stepsDefault, told: @escaping @Sendable () -> Void) {
        self.steps = steps
        self.told = told
    }

    /// From here on statements of the connection tell; this must outlive it.
    func watch(_ db: Database) {
        let context = Unmanaged.passUnretained(self).toOpaque()
        sqlite3_progress_handler(
            db.sqliteConnection, steps,
            { context in
                if let context { Unmanaged<Movement>.fromOpaque(context).takeUnretainedValue().told() }
                return 0
            }, context)
    }
}
