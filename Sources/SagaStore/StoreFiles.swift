import Glibc
import Synchronization

/// The files that a store was opened with, and whether they are still where they were (semantics.md, rule 25).
///
/// SQLite goes on with the descriptors that it has: after a deletion every commit succeeds, into a file that nobody finds again. So each
/// commit looks their names up, and so does each probe; that is a stat(2) for each of them, some microseconds beside an fsync.
///
/// ```
///             name leads nowhere, file has links            name leads to the same file again
///   present ─────────────────────────────────────► away ──────────────────────────────────────► present
///      │                                             │
///      └──────────────┬──────────────────────────────┘
///                     ▼ name leads to another file, or the file has no link left
///                   lost (until the store is opened anew)
/// ```
final class StoreFiles: Sendable {
    private struct File {
        /// Where it must be.
        let path: String
        /// A place and no open file (O_PATH): it keeps the inode's number from being given to another file, and closing it releases none
        /// of SQLite's locks, as closing any other descriptor of the same file would (fcntl(2)).
        let descriptor: Int32
        let device: dev_t
        let inode: ino_t

        init(_ path: String) throws(StoreError) {
            self.path = path
            descriptor = open(path, StoreFiles.placeOnly | O_CLOEXEC)
            var found = stat()
            guard descriptor >= 0, fstat(descriptor, &found) == 0 else {
                let cause = errno
                if descriptor >= 0 { close(descriptor) }
                throw StoreError(
                    cause == EMFILE || cause == ENFILE ? .noDescriptors : .cannotOpen,
                    "cannot find '\(path)', which was there a moment ago: \(String(cString: strerror(cause)))")
            }
            device = found.st_dev
            inode = found.st_ino
        }
    }

    /// O_PATH of open(2), which Swift's Glibc lacks: the same on every Linux that Swift runs on.
    private static let placeOnly: Int32 = 0o10_000_000
    private static let log = "-wal"

    private let files: [File]
    private let logPath: String
    /// Why they are gone for good.
    private let lost = Mutex<StoreError?>(nil)

    /// - Parameters:
    ///   - path: of the database as it was given: a link that leads elsewhere later is another store.
    ///   - lock: of the lock's file, without which a second daemon could open the store.
    init(database path: String, lock: String) throws(StoreError) {
        let file = StoreFile.resolved(path)
        logPath = file + Self.log
        var files: [File] = []
        do throws(StoreError) {
            for path in [path, file + Self.log, file + "-shm", lock] { files.append(try File(path)) }
        } catch {
            for file in files { close(file.descriptor) }
            throw error
        }
        self.files = files
    }

    deinit {
        for file in files { close(file.descriptor) }
    }

    /// - Throws: ``StoreError`` `gone`, which names the file and what to do.
    func check() throws(StoreError) {
        if let lost = lost.withLock({ $0 }) { throw lost }
        for file in files {
            var found = stat()
            let isThere = stat(file.path, &found) == 0
            if isThere, found.st_ino == file.inode, found.st_dev == file.device { continue }
            throw loss(of: file, isThere ? nil : errno)
        }
    }

    /// The size of the write-ahead log; 0 when it cannot be told.
    var logBytes: Int64 {
        var found = stat()
        return stat(logPath, &found) == 0 ? Int64(found.st_size) : 0
    }

    /// - Parameter cause: why its name leads nowhere; `nil` when it leads to another file.
    private func loss(of file: File, _ cause: Int32?) -> StoreError {
        var found = stat()
        let isDeleted = fstat(file.descriptor, &found) == 0 && found.st_nlink == 0
        let save = "what the daemon knows is saved by 'yogictl backup FILE', before it is stopped"
        let words: String
        switch cause {
        case nil:
            words =
                "is another file now; \(save), and it takes nothing until it is started anew, by the file that is there"
        case _ where isDeleted:
            words = "was deleted; \(save), and put in place by 'yogiyogid restore FILE'"
        case ENOENT?, ENOTDIR?:
            words = "was moved away; put it back, and the daemon goes on"
        case let cause?:
            words = "cannot be looked up (\(String(cString: strerror(cause)))); the daemon goes on when it can"
        }
        let error = StoreError(.gone, "the store's file '\(file.path)' \(words)")
        // Neither another file nor one without a name becomes again what it was.
        if cause == nil || isDeleted { lost.withLock { $0 = error } }
        return error
    }
}
