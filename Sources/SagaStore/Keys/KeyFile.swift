internal import Basics
import Glibc

/// The master key in a file beside the store, for a daemon without credentials: readable by its user alone.
///
/// A new key is written to `….new` before the store is wrapped by it, and takes the other's name after that commit; whichever of the two
/// opens the store at a start is the right one.
struct KeyFile: Sendable {
    let path: String
    private var nextPath: String { path + ".new" }

    /// The key of the store; `nil` when there is no file.
    func current() throws(StoreError) -> MasterKey? { try read(path) }

    /// The key of a change that a crash has interrupted; `nil` when there was none.
    func next() throws(StoreError) -> MasterKey? { try read(nextPath) }

    /// Writes a new key, which is on the disk when this returns.
    func make() throws(StoreError) -> MasterKey {
        let key = try makeNext()
        try takeNext()
        return key.found(in: origin(path))
    }

    /// Writes a new key beside the present one.
    func makeNext() throws(StoreError) -> MasterKey {
        let key = MasterKey.random(origin: origin(nextPath))
        dropNext()
        let descriptor = open(nextPath, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0o600)
        guard descriptor >= 0 else { throw failure("make", nextPath) }
        defer { close(descriptor) }
        let text = Array((key.text + "\n").utf8)
        guard Glibc.write(descriptor, text, text.count) == text.count, fsync(descriptor) == 0 else {
            throw failure("write", nextPath)
        }
        try syncFolder()
        return key
    }

    /// The new key takes the place of the present one.
    func takeNext() throws(StoreError) {
        guard rename(nextPath, path) == 0 else { throw failure("rename", nextPath) }
        try syncFolder()
    }

    /// Nothing is wrapped by the new key.
    func dropNext() {
        unlink(nextPath)
    }

    private func read(_ path: String) throws(StoreError) -> MasterKey? {
        let descriptor = open(path, O_RDONLY | O_CLOEXEC)
        guard descriptor >= 0 else {
            if errno == ENOENT { return nil }
            throw failure("read", path)
        }
        defer { close(descriptor) }
        var found = stat()
        guard fstat(descriptor, &found) == 0 else { throw failure("read", path) }
        guard found.st_mode & 0o077 == 0 else {
            throw StoreError(
                .key,
                "\(origin(path)) may be read by others than its user; 'chmod 600 \(path)', and think who has read it")
        }
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = Glibc.read(descriptor, &buffer, buffer.count)
        guard count >= 0 else { throw failure("read", path) }
        return try MasterKey(text: String(decoding: buffer.prefix(count), as: UTF8.self), origin: origin(path))
    }

    private func origin(_ path: String) -> String { "the key file '\(path)'" }

    /// A name is durable with its folder.
    private func syncFolder() throws(StoreError) {
        let cause = Folder.sync(StoreFile.folder(of: path))
        guard cause == 0 else {
            errno = cause
            throw failure("sync the folder of", path)
        }
    }

    private func failure(_ what: String, _ path: String) -> StoreError {
        let cause = errno
        let code: StoreError.Code =
            switch cause {
            case ENOSPC, EDQUOT: .full
            case EROFS, EACCES, EPERM: .readOnly
            case EIO: .io
            default: .cannotOpen
            }
        return StoreError(
            code,
            "cannot \(what) \(origin(path)): \(String(cString: strerror(cause))); check the folder, its disk and its owner"
        )
    }
}
