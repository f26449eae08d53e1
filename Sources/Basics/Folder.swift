import Glibc

/// Where names of files stand.
package enum Folder {
    /// Syncs it: a name that was made, moved or taken away is durable with its folder (fsync(2)).
    /// - Returns: 0, or the errno of what failed.
    package static func sync(_ path: String) -> Int32 {
        let descriptor = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC)
        guard descriptor >= 0 else { return errno }
        defer { close(descriptor) }
        return fsync(descriptor) == 0 ? 0 : errno
    }
}
