import Foundation

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

    /// Whether the text stands readable in any file of the folder, as `strings` would show it.
    func holds(_ text: String) -> Bool { names.contains { bytes($0).range(of: Data(text.utf8)) != nil } }

    /// A copy as a crash of the machine would leave it now.
    func copy() throws -> Folder {
        let copy = try Folder()
        for name in names { try FileManager.default.copyItem(atPath: file(name), toPath: copy.file(name)) }
        return copy
    }

    var names: [String] { ((try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []).sorted() }
}
