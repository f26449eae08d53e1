import Foundation

/// A folder of its own on the disk that is measured.
struct BenchFolder: Sendable {
    let path: String

    /// - Throws: when the folder cannot be made, or lies in memory, where an fsync costs nothing.
    init(under folder: String) throws {
        path = folder + "/yogi-bench-\(ProcessInfo.processInfo.processIdentifier)"
        do {
            try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
        } catch {
            throw BenchFailure("cannot make a folder in '\(folder)'; name one on the disk with --folder")
        }
        let kind = filesystem
        guard kind != "tmpfs", kind != "ramfs" else {
            remove()
            throw BenchFailure("'\(folder)' is a \(kind), where an fsync costs nothing; name a disk with --folder")
        }
    }

    func file(_ name: String) -> String { path + "/" + name }

    /// Makes a folder in it.
    func folder(_ name: String) throws -> String {
        try FileManager.default.createDirectory(atPath: file(name), withIntermediateDirectories: true)
        return file(name)
    }

    func remove() {
        try? FileManager.default.removeItem(atPath: path)
    }

    /// The file system that it lies on, by the longest mount point above it (proc(5), mounts).
    var filesystem: String {
        let mounts = (try? String(contentsOfFile: "/proc/self/mounts", encoding: .utf8)) ?? ""
        let real = URL(fileURLWithPath: path).resolvingSymlinksInPath().path
        let fitting = mounts.split(separator: "\n").map { $0.split(separator: " ") }.filter { fields in
            guard fields.count > 2 else { return false }
            let point = fields[1] == "/" ? "" : fields[1]
            return real.hasPrefix(point + "/")
        }
        return fitting.max { $0[1].count < $1[1].count }.map { String($0[2]) } ?? "unknown"
    }
}
