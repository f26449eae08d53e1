import Glibc

/// How a store's file stood when its process closed it, in words that the lock's file keeps: a file that stands so still is as it was
/// left, and need not be looked through before it is used. One that was copied, edited or cut, or whose process was killed, is not.
enum CleanEnd {
    /// `nil` when the end was not a clean one: the log still holds commits.
    static func words(of store: String) -> String? {
        var found = stat()
        if stat(store + "-wal", &found) == 0, found.st_size > 0 { return nil }
        guard stat(store, &found) == 0 else { return nil }
        return "clean \(found.st_ino) \(found.st_size) \(found.st_mtim.tv_sec).\(found.st_mtim.tv_nsec)"
    }
}
