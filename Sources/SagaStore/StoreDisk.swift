import Glibc

/// The file system that a store stands on, asked when SQLite says no more than that a write failed: a quota that is used up, a disk
/// that an error made read-only, and no room for the shared memory beside the store all read "disk I/O error".
enum StoreDisk {
    /// Why it takes no writes, as far as it says so.
    static func refusal(of store: String) -> StoreError.Code? {
        var found = statvfs()
        if statvfs(store, &found) == 0 {
            if found.f_flag & UInt(ST_RDONLY) != 0 { return .readOnly }
            if (geteuid() == 0 ? found.f_bfree : found.f_bavail) == 0 { return .full }
        }
        // ext4 sets no flag when an error has made it read-only; a write tells. The lock's file says whose it is, and goes on saying it.
        // (Never the store's own: closing that would release SQLite's locks on it.)
        let descriptor = open(StoreFile.resolved(store) + ".lock", O_RDWR | O_CLOEXEC)
        guard descriptor >= 0 else { return code(of: errno) }
        defer { close(descriptor) }
        var byte: UInt8 = 0
        guard pread(descriptor, &byte, 1, 0) == 1, pwrite(descriptor, &byte, 1, 0) != 1 else { return nil }
        return code(of: errno)
    }

    private static func code(of number: Int32) -> StoreError.Code? {
        switch number {
        case EROFS: .readOnly
        case ENOSPC, EDQUOT: .full
        case EMFILE, ENFILE: .noDescriptors
        default: nil
        }
    }
}
