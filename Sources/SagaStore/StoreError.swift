internal import GRDB

/// Why the store could not do it; nothing of the transaction was kept.
public struct StoreError: Error, Sendable, Hashable, CustomStringConvertible {
    /// Stable, for programs; its raw value is on the wire as `store-CODE`.
    public var code: Code
    /// What, which file, and what to do next.
    public var message: String

    /// What kind of failure; `full`, `readOnly`, `io`, `locked` and `noDescriptors` may pass, the others need an operator.
    public enum Code: String, Sendable, Hashable {
        /// The file is something else than an SQLite database.
        case notADatabase = "not-a-database"
        case corrupt
        /// No room on the disk.
        case full
        case readOnly = "read-only"
        case cannotOpen = "cannot-open"
        /// Another process holds the store.
        case locked
        /// Written by a newer version.
        case newer
        /// The commits of this SQLite would not be durable.
        case notDurable = "not-durable"
        case io
        /// No master key, or another one than the store's.
        case key
        /// This process has closed it.
        case closed
        /// SQLite refused a statement for a reason that lies in it.
        case failed
        /// A saga's row or history does not read back.
        case unreadable
        /// Its files were deleted, moved or replaced: a commit would be in none that anybody finds.
        case gone
        /// This process, or the machine, has no file descriptor left.
        case noDescriptors = "no-descriptors"
    }

    public var description: String { message }

    /// Whether the store would refuse any other write too, and not only what this one holds.
    public var concernsAll: Bool {
        switch code {
        case .full, .readOnly, .cannotOpen, .locked, .io, .notADatabase, .newer, .notDurable, .key, .closed, .gone,
            .noDescriptors:
            true
        case .corrupt, .unreadable, .failed: false
        }
    }

    private static let full = (Code.full, "the disk is full; make room, nothing that was accepted is lost")
    private static let becameReadOnly = (
        Code.readOnly,
        "its file system has become read-only; look into the kernel's log, nothing that was accepted is lost"
    )

    private static let noDescriptors = (
        Code.noDescriptors,
        "the daemon has no file descriptors left; raise LimitNOFILE= of its unit, nothing that was accepted is lost"
    )

    init(_ code: Code, _ message: String) {
        self.code = code
        self.message = message
    }

    /// Translates a database error.
    /// - Parameters:
    ///   - doing: what was tried, on which file.
    ///   - store: whose disk is asked why it failed.
    init(_ error: any Error, doing: String, store: String? = nil) {
        if let error = error as? StoreError {
            self = error
            return
        }
        if let error = error as? RowDecodingError {
            self.init(.unreadable, "\(doing): a row holds a value of another type: \(error)")
            return
        }
        guard let error = error as? DatabaseError else {
            self.init(.failed, "\(doing): \(error)")
            return
        }
        let isDisk = error.resultCode == .SQLITE_IOERR || error.resultCode == .SQLITE_CANTOPEN
        let (code, advice): (Code, String) =
            switch (error.resultCode, isDisk ? store.flatMap(StoreDisk.refusal) : nil) {
            case (_, .full): Self.full
            case (.SQLITE_IOERR, .readOnly): Self.becameReadOnly
            case (_, .noDescriptors): Self.noDescriptors
            case (.SQLITE_NOTADB, _):
                (.notADatabase, "it is no SQLite database; name another file or move this one away")
            case (.SQLITE_CORRUPT, _): (.corrupt, "the database is damaged; restore a backup (it was not touched)")
            case (.SQLITE_FULL, _): Self.full
            case (.SQLITE_READONLY, _):
                (.readOnly, "the file or its folder is read-only; make it writable for this user")
            case (.SQLITE_CANTOPEN, _): (.cannotOpen, "check that the folder exists and that this user may write in it")
            case (.SQLITE_PERM, _), (.SQLITE_AUTH, _): (.readOnly, "this user may not write it")
            case (.SQLITE_IOERR, _), (.SQLITE_NOMEM, _), (.SQLITE_PROTOCOL, _), (.SQLITE_NOLFS, _):
                (.io, "the disk or its memory failed; look into the kernel's log")
            case (.SQLITE_BUSY, _), (.SQLITE_LOCKED, _): (.locked, "another program has the database open for writing")
            default: (.failed, "see SQLite's result code")
            }
        let detail = error.message ?? "\(error.resultCode)"
        self.init(code, "\(doing): \(detail) (\(error.extendedResultCode.rawValue)): \(advice)")
    }
}
