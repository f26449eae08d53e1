import Foundation
import Glibc

/// A file system of its own in a file, as it is after an error of its disk: the kernel makes it read-only under those who write. Needs
/// root, a loop device and ext4.
public final class BrokenDisk {
    /// Where it is mounted.
    public let path: String
    private var image: String

    /// Whether this user may do it here, tried once.
    public static let isPermitted = (try? BrokenDisk()) != nil

    /// A file system that is still whole.
    public init() throws {
        path = "/tmp/yogi-disk-\(UUID().uuidString.prefix(13).lowercased())"
        image = path + ".img"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        guard FileManager.default.createFile(atPath: image, contents: nil), truncate(image, 16 << 20) == 0,
            try Self.run("/sbin/mkfs.ext4", ["-q", "-F", image]) == 0
        else { throw CocoaError(.fileWriteUnknown) }
        try mount()
        guard FileManager.default.isWritableFile(atPath: try trigger()) else {
            throw CocoaError(.fileWriteNoPermission)
        }
    }

    deinit {
        _ = try? Self.run("/bin/umount", ["-l", path])
        rmdir(path)
        unlink(image)
    }

    /// From now on the kernel takes no writes to it, whoever has a file open.
    public func fail() throws {
        try Data("x".utf8).write(to: URL(fileURLWithPath: try trigger()))
    }

    /// What an operator does: nobody may use it meanwhile.
    public func repair() throws {
        guard try Self.run("/bin/umount", [path]) == 0 else { throw CocoaError(.fileWriteUnknown) }
        // Another mount namespace that was made meanwhile still has it mounted, read-only, and it would be that one which is mounted
        // again: so a copy is repaired, as of a disk that is not to be trusted.
        let broken = image
        image += ".copy"
        try FileManager.default.copyItem(atPath: broken, toPath: image)
        unlink(broken)
        // 1: errors were corrected.
        guard try Self.run("/sbin/fsck.ext4", ["-p", image]) <= 1 else { throw CocoaError(.fileReadCorruptFile) }
        try mount()
    }

    private func mount() throws {
        guard try Self.run("/bin/mount", ["-o", "loop,errors=remount-ro", image, path]) == 0 else {
            throw CocoaError(.fileWriteNoPermission)
        }
    }

    /// ext4's own switch for tests of this kind.
    private func trigger() throws -> String {
        let mounts = try String(contentsOfFile: "/proc/mounts", encoding: .utf8)
        let device = mounts.split(separator: "\n").first { $0.contains(" \(path) ") }?.split(separator: " ").first
        guard let name = device?.split(separator: "/").last else { throw CocoaError(.fileNoSuchFile) }
        return "/sys/fs/ext4/\(name)/trigger_fs_error"
    }

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        try Child.runBlocking(program, arguments).status
    }
}
