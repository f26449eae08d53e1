import Basics
import Foundation
import Glibc

/// A file that gets its name only once it is whole and on the disk. What was written of one that is never kept is gone, however the
/// process ends, where the file system has files without a name (open(2), `O_TMPFILE`); elsewhere it has another name meanwhile.
final class BackupFile: Sendable {
    let path: String
    private let part: String
    private let folder: String
    private let replaces: Bool
    private let descriptor: Int32
    /// Whether it has the name of `part`.
    private let isNamed: Bool

    /// - Throws: ``Failure`` for a place where no file can be made, before anything is asked of the daemon.
    init(_ path: String, replaces: Bool) throws {
        self.path = path
        self.replaces = replaces
        let slash = path.lastIndex(of: "/")
        folder = slash.map { $0 == path.startIndex ? "/" : String(path[..<$0]) } ?? "."
        part = "\(path).part-\(getpid())"
        var found = stat()
        guard path != "-", !path.isEmpty, !path.hasSuffix("/") else {
            throw Failure(.usage, "'\(path)' is no file. Name one, as in: yogictl backup /var/backups/yogiyogi.db")
        }
        guard stat(folder, &found) == 0 else {
            throw Failure(.refused, "there is no folder '\(folder)'. Make it, or name a file in one that is there")
        }
        if stat(path, &found) == 0 {
            guard found.st_mode & S_IFMT == S_IFREG else {
                throw Failure(.refused, "'\(path)' is there and is no plain file. Name a file in it, or another one")
            }
            guard replaces else {
                throw Failure(.refused, "'\(path)' is there already. Name another file, or give --force to replace it")
            }
        }
        let nameless = open(folder, Self.nameless | O_WRONLY | O_CLOEXEC, 0o600)
        isNamed = nameless < 0
        descriptor = nameless < 0 ? open(part, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600) : nameless
        guard descriptor >= 0 else { throw Self.failure("make", part) }
    }

    deinit {
        close(descriptor)
        if isNamed { unlink(part) }
    }

    /// `O_TMPFILE`, a macro that Swift does not see: a bit of its own (`__O_TMPFILE`), and that of a folder for kernels that do not know it.
    private static let nameless: Int32 = 0o20_000_000 | O_DIRECTORY

    /// Whether writing it would replace that file.
    func isSame(as other: String) -> Bool {
        var (own, theirs) = (stat(), stat())
        guard stat(path, &own) == 0, stat(other, &theirs) == 0 else { return false }
        return own.st_ino == theirs.st_ino && own.st_dev == theirs.st_dev
    }

    func write(_ bytes: [UInt8]) throws {
        var written = 0
        while written < bytes.count {
            let count = bytes.withUnsafeBytes { buffer in
                Glibc.write(descriptor, buffer.baseAddress?.advanced(by: written), buffer.count - written)
            }
            if count >= 0 {
                written += count
            } else if errno != EINTR {
                throw Self.failure("write", part)
            }
        }
    }

    /// Syncs it and gives it its name; one that came to be meanwhile is not replaced unless that was wanted.
    func keep() throws {
        guard fsync(descriptor) == 0 else { throw Self.failure("write", part) }
        if replaces {
            // Nothing without a name can take the place of a file: for a moment it has another one, and is whole by then.
            guard isNamed || name(part) else { throw Self.failure("make", part) }
            guard rename(part, path) == 0 else {
                let failure = Self.failure("make", path)
                unlink(part)
                throw failure
            }
        } else {
            guard name(path) else { throw Self.failure("make", path) }
        }
        let cause = Folder.sync(folder)
        guard cause == 0 else {
            errno = cause
            throw Self.failure("sync", folder)
        }
    }

    /// Gives it a name that nothing has.
    private func name(_ path: String) -> Bool {
        if isNamed { return link(part, path) == 0 && unlink(part) == 0 }
        return linkat(AT_FDCWD, "/proc/self/fd/\(descriptor)", AT_FDCWD, path, AT_SYMLINK_FOLLOW) == 0
    }

    private static func failure(_ what: String, _ path: String) -> Failure {
        Failure(
            .refused, "cannot \(what) '\(path)' (\(String(cString: strerror(errno)))). See to its folder, and try again"
        )
    }
}
