import Glibc

/// One process for one store (semantics.md, rule 4): an advisory lock on a file beside it, which the kernel releases with the
/// process, however it ends. The file holds the process id, for the message to a second one.
struct StoreLock: ~Copyable {
    private let descriptor: Int32
    /// ``CleanEnd`` as the holder before left it.
    private(set) var cleanEnd: String?

    /// - Throws: ``StoreError`` `locked`, naming the process that holds it; `readOnly` or `cannotOpen` for the folder.
    init(path: String, store: String) throws(StoreError) {
        // Not through a link: root restores in a folder where another user may have put one.
        descriptor = open(path, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0o600)
        guard descriptor >= 0 else {
            let cause = errno
            let advice = "check that the folder exists and that this user may write in it"
            throw StoreError(
                cause == EROFS || cause == EACCES ? .readOnly : .cannotOpen,
                "cannot open the lock '\(path)': \(String(cString: strerror(cause))); \(advice)")
        }
        // Closed by the deinit, which runs for an init that throws, too: closing here as well closed whatever another thread had
        // opened in between under the same number.
        guard flock(descriptor, LOCK_EX | LOCK_NB) == 0 else {
            let cause = errno
            guard cause == EWOULDBLOCK else {
                throw StoreError(
                    .cannotOpen,
                    "cannot lock '\(path)': \(String(cString: strerror(cause))); the store wants a file system with locks"
                )
            }
            let holder = Self.holder(descriptor)
            throw StoreError(
                .locked,
                "the store '\(store)' is in use by process \(holder); stop that daemon, or name another state directory"
            )
        }
        cleanEnd = Self.lines(descriptor).dropFirst().first
        write("\(getpid())\n")
    }

    /// Leaves word of a clean end, for the next holder.
    func note(cleanEnd: String) {
        write("\(getpid())\n\(cleanEnd)\n")
    }

    private func write(_ words: String) {
        let text = Array(words.utf8)
        if ftruncate(descriptor, 0) == 0 { _ = pwrite(descriptor, text, text.count, 0) }
    }

    private static func holder(_ descriptor: Int32) -> String { lines(descriptor).first ?? "unknown" }

    private static func lines(_ descriptor: Int32) -> [String] {
        var buffer = [UInt8](repeating: 0, count: 256)
        let count = pread(descriptor, &buffer, buffer.count, 0)
        return String(decoding: buffer.prefix(max(0, count)), as: UTF8.self).split(separator: "\n").map(String.init)
    }

    deinit {
        guard descriptor >= 0 else { return }
        // A child that has not yet reached its exec holds a copy of the descriptor, and with it the lock, which a close alone
        // would leave to it.
        flock(descriptor, LOCK_UN)
        close(descriptor)
    }
}
