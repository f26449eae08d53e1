internal import Basics
internal import Foundation
internal import GRDB
import Glibc
public import SagaCore

/// A backup that takes the place of a store, with no daemon running.
///
/// ```
/// copy to `.restoring`, look through it, mark it ─► `.restore` names where the old one goes ─► old one aside ─► copy in its place
/// ```
/// A crash before the note leaves the old store as it was; one after it is finished by whoever opens the store next.
public struct Restore: Sendable, Hashable {
    /// When the newest thing that the backup knows was written: what happened after it is not known.
    public var asOf: Instant
    /// Its sagas that had not ended.
    public var live: Int
    /// Where the old store stands now; `nil` when there was none.
    public var aside: String?

    /// Puts the backup in the place of the store at `path`.
    /// - Parameters:
    ///   - keys: what opens the backup; a key file beside the store is looked at too.
    ///   - now: names the old store.
    /// - Throws: ``StoreError``: `locked` while a daemon runs, what is wrong with the backup, and then nothing has changed.
    public static func run(
        from backup: String, to path: String, keys: StoreKeys = .file, at now: Instant
    ) throws(StoreError) -> Restore {
        let file = StoreFile.resolved(path)
        let lock = try StoreLock(path: file + ".lock", store: path)
        defer { _ = lock.cleanEnd }  // held until the end
        do {
            try own(file + ".lock")
            try finish(file)
            try check(backup, against: file)
            let (wrapped, _) = try StoreFile.check(backup, for: .seconds(86_400))
            if !wrapped.isEmpty { _ = try Unlocking(wrapped, with: keys, file: KeyFile(path: file + ".key")) }
            var restore = try copy(backup, to: file + restoring, serials: serials(of: file))
            if access(file, F_OK) == 0 { restore.aside = try swap(file, at: now) } else { try place(file, aside: nil) }
            try own(file)
            return restore
        } catch {
            // Once the old store may be aside, it is the store: whoever opens it next finishes.
            if access(file + note, F_OK) != 0 { unlink(file + restoring) }
            throw StoreError(error, doing: "cannot restore '\(backup)' to '\(path)'", store: path)
        }
    }

    private static let restoring = ".restoring"
    private static let note = ".restore"

    private static func check(_ backup: String, against file: String) throws(StoreError) {
        var found = stat()
        guard stat(backup, &found) == 0 else {
            throw StoreError(
                .cannotOpen, "there is no backup '\(backup)': \(String(cString: strerror(errno))); name another file")
        }
        guard found.st_mode & S_IFMT == S_IFREG, found.st_size > 0 else {
            throw StoreError(.notADatabase, "the backup '\(backup)' is \(found.st_size == 0 ? "empty" : "no file")")
        }
        var own = stat()
        if stat(file, &own) == 0, own.st_ino == found.st_ino, own.st_dev == found.st_dev {
            throw StoreError(.failed, "'\(backup)' is the store itself; name a backup of it")
        }
    }

    /// Also brings it up to this version's schema, and lets it give back pages from then on.
    /// - Parameter serials: that the old store has given.
    private static func copy(_ backup: String, to copy: String, serials: [String: Int64]) throws -> Restore {
        for end in ["", "-journal", "-wal", "-shm"] { unlink(copy + end) }
        try StoreFile.create(copy)
        var configuration = Configuration()
        configuration.readonly = true
        let source = try DatabaseQueue(path: backup, configuration: configuration)
        let queue = try DatabaseQueue(path: copy)
        defer { try? queue.close() }
        try source.backup(to: queue)
        try source.close()
        try queue.writeWithoutTransaction { db in
            try db.execute(sql: "PRAGMA journal_mode = DELETE; PRAGMA auto_vacuum = INCREMENTAL; VACUUM")
        }
        try Schema.migrator.migrate(queue)
        let restore = try queue.write { db in
            let newest = """
                SELECT max(at) FROM (SELECT max(at) AS at FROM history WHERE typeof(at) = 'integer'
                UNION ALL SELECT max(at) FROM saga WHERE typeof(at) = 'integer')
                """
            let asOf = try Int64.fetchOne(db, sql: newest) ?? 0
            let live = try Int.fetchOne(db, sql: "SELECT count(*) FROM saga WHERE due IS NOT NULL") ?? 0
            // What the processes of the other life ended at says nothing of this one.
            try db.execute(sql: "DELETE FROM restore; DELETE FROM suspect")
            try db.execute(sql: "INSERT INTO restore(as_of, told, paused) VALUES(?, 0, 1)", arguments: [asOf])
            try db.beginFeedLife()
            try db.keepSerials(above: serials)
            return Restore(asOf: Instant(milliseconds: asOf), live: live)
        }
        try queue.close()
        try sync(copy)
        return restore
    }

    /// What the old store knows of the sagas that the backup does not have: their serials are on bills and in letters. A store that does not
    /// read, for which backups are made, knows nothing.
    private static func serials(of file: String) -> [String: Int64] {
        guard access(file, F_OK) == 0 else { return [:] }
        var configuration = Configuration()
        configuration.readonly = true
        let made = ["-wal", "-shm"].filter { access(file + $0, F_OK) != 0 }
        guard let old = try? DatabaseQueue(path: file, configuration: configuration) else { return [:] }
        defer {
            try? old.close()
            // Who reads makes a log and its index where there is none, and leaves them; the old store is to stay as it was.
            for end in made { unlink(file + end) }
        }
        return (try? old.read { try $0.lastSerials() }) ?? [:]
    }

    /// - Returns: where the old store stands.
    private static func swap(_ file: String, at now: Instant) throws -> String {
        let time = now.rfc3339.filter { $0.isNumber || $0 == "T" }
        let aside = "\(file).before-\(time)"
        guard access(aside, F_OK) != 0 else {
            throw StoreError(.failed, "'\(aside)' is there already; move it away")
        }
        try writeNote(name(of: aside), to: file + note + ".new")
        try move(file + note + ".new", to: file + note)
        try syncFolder(of: file)
        try place(file, aside: aside)
        return aside
    }

    private static func writeNote(_ text: String, to path: String) throws(StoreError) {
        unlink(path)
        let descriptor = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("make '\(path)'") }
        defer { close(descriptor) }
        let bytes = Array(text.utf8)
        guard write(descriptor, bytes, bytes.count) == bytes.count, fsync(descriptor) == 0 else {
            throw failure("write '\(path)'")
        }
    }

    /// From here on a crash is finished by ``finish(_:)``.
    private static func place(_ file: String, aside: String?) throws {
        if let aside, access(file + restoring, F_OK) == 0 {
            // The log first would be a store without its last commits under the old name.
            if access(file, F_OK) == 0, access(aside, F_OK) != 0 { try move(file, to: aside) }
            if access(file + "-wal", F_OK) == 0 { try move(file + "-wal", to: aside + "-wal") }
        }
        for end in ["-shm", ".now"] { unlink(file + end) }
        if access(file + restoring, F_OK) == 0 { try move(file + restoring, to: file) }
        try syncFolder(of: file)
        unlink(file + note)
        try syncFolder(of: file)
    }

    /// Finishes what a crash has left half done; drops a copy that was not complete.
    static func finish(_ file: String) throws {
        guard let noted = FileManager.default.contents(atPath: file + note) else {
            for end in [restoring, restoring + "-journal", note + ".new"] { unlink(file + end) }
            return
        }
        // Nothing but a name beside the store: whoever can write in the folder could have root move a file to any place by it, and a
        // folder that was copied in between would be finished in the other one.
        let aside = name(of: String(decoding: noted, as: UTF8.self))
        guard aside.hasPrefix(name(of: file) + ".before-") else {
            throw StoreError(
                .failed, "'\(file + note)' names '\(aside)', which no restore does; move it away, and start again")
        }
        try place(file, aside: StoreFile.folder(of: file) + "/" + aside)
    }

    /// root restores for a daemon that is another user; a link that stands there is not followed.
    private static func own(_ path: String) throws(StoreError) {
        var folder = stat()
        guard geteuid() == 0, stat(StoreFile.folder(of: path), &folder) == 0 else { return }
        guard lchown(path, folder.st_uid, folder.st_gid) == 0 else {
            throw failure("give '\(path)' to the user of its folder")
        }
    }

    private static func move(_ from: String, to: String) throws(StoreError) {
        guard rename(from, to) == 0 else { throw failure("rename '\(from)' to '\(to)'") }
    }

    private static func sync(_ path: String) throws(StoreError) {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else { throw failure("open '\(path)'") }
        defer { close(descriptor) }
        guard fsync(descriptor) == 0 else { throw failure("sync '\(path)'") }
    }

    private static func syncFolder(of file: String) throws(StoreError) {
        let cause = Folder.sync(StoreFile.folder(of: file))
        guard cause == 0 else {
            errno = cause
            throw failure("sync '\(StoreFile.folder(of: file))'")
        }
    }

    private static func name(of file: String) -> String {
        file.lastIndex(of: "/").map { String(file[file.index(after: $0)...]) } ?? file
    }

    private static func failure(_ what: String) -> StoreError {
        let cause = errno
        return StoreError(
            cause == ENOSPC || cause == EDQUOT ? .full : .cannotOpen,
            "cannot \(what): \(String(cString: strerror(cause)))")
    }
}

/// What a store that was restored still has to be told.
public struct RestoreNote: Sendable, Hashable {
    /// ``Restore/asOf``.
    public var asOf: Instant
    /// Whether every live saga's history says so.
    public var isTold: Bool
    /// Whether nothing moves until an operator says so.
    public var isPaused: Bool
}

extension SagaStore {
    /// The restore that this store comes from; `nil` for one that was never restored, or goes on since.
    public func restoreNote() throws(StoreError) -> RestoreNote? {
        try read { reading throws in
            guard let row = try Row.fetchOne(reading.db, sql: "SELECT as_of, told, paused FROM restore") else {
                return nil
            }
            // Whether anything may move hangs by it: not to be guessed.
            guard let asOf = row.integer(0), let isTold = row.integer(1), let isPaused = row.integer(2) else {
                throw StoreError(
                    .unreadable,
                    "the table 'restore' of the store '\(path)' holds values of other types; restore a backup (it was not touched)"
                )
            }
            return RestoreNote(asOf: Instant(milliseconds: asOf), isTold: isTold != 0, isPaused: isPaused != 0)
        }
    }
}

extension WriteTransaction {
    /// Every live saga's history says that it was restored.
    public func restoreIsTold() throws {
        try db.execute(sql: "UPDATE restore SET told = 1")
    }

    /// An operator lets everything go on.
    public func restoreIsOver() throws {
        try db.execute(sql: "UPDATE restore SET paused = 0")
    }
}
