import Foundation
import Glibc

/// A file system of its own with little room, for which this user must be allowed to mount; gone when dropped.
public final class SmallDisk {
    /// Where it is mounted.
    public let path: String

    /// Whether this user may mount, tried once.
    public static let isPermitted = (try? SmallDisk(size: "1m")) != nil

    /// - Parameter size: as mount takes it: `1m`.
    public init(size: String) throws {
        path = "/tmp/yogi-disk-\(UUID().uuidString.prefix(13).lowercased())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        let status = try Self.run("/bin/mount", ["-t", "tmpfs", "-o", "size=\(size)", "yogi-tests", path])
        guard status == 0 else {
            try FileManager.default.removeItem(atPath: path)
            throw CocoaError(.fileWriteNoPermission)
        }
    }

    deinit {
        _ = try? Self.run("/bin/umount", ["-l", path])
        rmdir(path)
    }

    /// Takes all room that is left.
    public func fill() throws {
        let descriptor = open("\(path)/ballast", O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0o600)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 1, count: 4_096)
        while write(descriptor, block, block.count) > 0 {}
    }

    /// Gives it back.
    public func makeRoom() {
        // Cut, as a child that was just forked may hold the file open, and with it the room.
        truncate("\(path)/ballast", 0)
        unlink("\(path)/ballast")
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        try Child.runBlocking(program, arguments).status
    }
}
