public import Foundation

/// A folder of its own under /tmp, so that socket paths are short; removed when dropped.
public final class TemporaryFolder: Sendable {
    public let path: String

    public init() throws {
        path = "/tmp/yogi-\(UUID().uuidString.prefix(13).lowercased())"
        try FileManager.default.createDirectory(atPath: path, withIntermediateDirectories: false)
    }

    deinit { try? FileManager.default.removeItem(atPath: path) }

    /// The path of a file in it.
    public func file(_ name: String) -> String { "\(path)/\(name)" }

    /// The bytes of a file in it.
    public func contents(_ name: String) throws -> Data { try Data(contentsOf: URL(fileURLWithPath: file(name))) }

    /// The bytes of all files in it and below, for looking for what must not be there.
    public func bytes() throws -> Data {
        let names = FileManager.default.enumerator(atPath: path)?.compactMap { $0 as? String } ?? []
        return names.reduce(into: Data()) { all, name in
            // Sockets and folders have no contents.
            if let content = FileManager.default.contents(atPath: file(name)) { all += content }
        }
    }
}
