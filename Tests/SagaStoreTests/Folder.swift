import Foundation
import Glibc

/// A folder of its own under /tmp, removed when dropped.
final class Folder: Sendable {
    let path: String

    init() throws {
        path = "/tmp/yogi-store-\(UUID().uuidString.prefix(13).lowercased())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// Where the store's file stands.
    var store: String { file("sagas.db") }

    func file(_ name: String) -> String { "\(path)/\(name)" }

    func bytes(_ name: String = "sagas.db") -> Data { FileManager.default.contents(atPath: file(name)) ?? Data() }

    func write(_ bytes: some Sequence<UInt8>, _ name: String = "sagas.db") throws {
        try Data(bytes).write(to: URL(fileURLWithPath: file(name)))
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}

/// A file system of its own with little room; `nil` where mounting is not permitted.
final class SmallDisk {
    let path: String

    /// Whether this user may mount, tried once.
    static let isPermitted = (try? SmallDisk(size: "1m")) != nil

    init(size: String) throws {
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
    func fill() throws {
        let descriptor = open("\(path)/ballast", O_WRONLY | O_CREAT | O_APPEND, 0o600)
        defer { close(descriptor) }
        let block = [UInt8](repeating: 1, count: 4_096)
        while write(descriptor, block, block.count) > 0 {}
    }

    func makeRoom() { unlink("\(path)/ballast") }

    private static func run(_ program: String, _ arguments: [String]) throws -> Int32 {
        let process = Process()
        process.executableURL = URL(fileURLWithPath: program)
        process.arguments = arguments
        process.standardError = FileHandle.nullDevice
        try process.run()
        process.waitUntilExit()
        return process.terminationStatus
    }
}
