internal import Foundation
internal import GRDB
import Glibc

/// A copy of a store as of one commit, in a file that has no name any more: it is gone with the process, however that ends.
public final class StoreBackup: Sendable {
    /// What is to be read.
    public let bytes: Int64
    private let descriptor: Int32

    init(taking path: String) throws(StoreError) {
        descriptor = open(path, O_RDONLY | O_CLOEXEC)
        unlink(path)
        var found = stat()
        guard descriptor >= 0, fstat(descriptor, &found) == 0 else {
            throw StoreError(.io, "cannot read the copy '\(path)': \(String(cString: strerror(errno)))")
        }
        bytes = Int64(found.st_size)
    }

    deinit { close(descriptor) }

    /// Some bytes from a place on; none at the end.
    /// - Throws: ``StoreError``.
    public func read(from offset: Int64, max: Int) throws(StoreError) -> [UInt8] {
        var buffer = [UInt8](repeating: 0, count: max)
        let count = pread(descriptor, &buffer, max, off_t(offset))
        guard count >= 0 else { throw StoreError(.io, "cannot read the copy: \(String(cString: strerror(errno)))") }
        buffer.removeLast(max - count)
        return buffer
    }
}

extension SagaStore {
    /// Copies the store as of one commit, while others read and write; whoever calls it waits.
    ///
    /// It takes room for a second store beside it for a moment: a reader that took as long as a slow receiver would keep the
    /// write-ahead log from being reused instead, and that has no bound.
    /// - Throws: ``StoreError``, of which `full` when so much room is not free: a backup must not be what fills the disk.
    public func backup() throws(StoreError) -> StoreBackup {
        try checkOpen()
        let copy = StoreFile.resolved(path) + Self.backupSuffix + UUID().uuidString
        do {
            let size = try database.read { try ReadTransaction($0, seals).size() }
            try requireRoom(size + size / 8 + 65_536)
            try StoreFile.create(copy)
            let queue = try DatabaseQueue(path: copy)
            defer { unlink(copy) }
            try queue.writeWithoutTransaction { db in
                // Nothing of it must outlive a crash.
                try db.execute(sql: "PRAGMA synchronous = OFF")
            }
            try database.backup(to: queue)
            // One file without a log, which any program may open.
            try queue.writeWithoutTransaction { try $0.execute(sql: "PRAGMA journal_mode = DELETE") }
            try queue.close()
            return try StoreBackup(taking: copy)
        } catch {
            throw StoreError(error, doing: "cannot back up the store '\(path)'", store: path)
        }
    }

    private static let backupSuffix = ".backup-"

    private func requireRoom(_ needed: Int64) throws(StoreError) {
        var found = statvfs()
        guard statvfs(path, &found) == 0 else { return }
        let free = Self.bytes(
            blocks: UInt64(geteuid() == 0 ? found.f_bfree : found.f_bavail), of: UInt64(found.f_frsize))
        guard free < needed else { return }
        throw StoreError(
            .full,
            "a backup takes \(needed) bytes beside the store '\(path)' for a moment, and \(free) are free; make room, or stop "
                + "the daemon and copy its files")
    }

    /// Some file systems, such as those of a network, say that they have no end.
    static func bytes(blocks: UInt64, of size: UInt64) -> Int64 {
        let (bytes, isOver) = blocks.multipliedReportingOverflow(by: size)
        return isOver ? .max : Int64(clamping: bytes)
    }

    /// Copies that a crash left behind.
    static func dropBackups(of file: String) {
        let place = file.lastIndex(of: "/").map { (file[..<$0], file[file.index(after: $0)...]) } ?? (".", file[...])
        let names = (try? FileManager.default.contentsOfDirectory(atPath: String(place.0))) ?? []
        for name in names where name.hasPrefix(place.1 + backupSuffix) { unlink(place.0 + "/" + name) }
    }
}
