import Foundation
import Glibc
import TestPrograms

/// Runs the built `yogictl`, which stands beside the test bundle.
enum Program {
    /// What a run has left.
    struct Run: Sendable {
        var status: Int32
        var output: String
        var error: String
    }

    static let url: URL = {
        var buffer = [UInt8](repeating: 0, count: 4_096)
        let count = readlink("/proc/self/exe", &buffer, buffer.count)
        let bundle = URL(fileURLWithPath: String(decoding: buffer[..<max(count, 0)], as: UTF8.self))
        return bundle.deletingLastPathComponent().appendingPathComponent("yogictl")
    }()

    /// Runs it to its end, with no daemon anywhere but at the socket of `environment`.
    static func run(
        _ arguments: String..., input: String? = nil, environment: [String: String] = [:]
    ) async throws -> Run {
        try await run(arguments, input: input, environment: environment)
    }

    static func run(
        _ arguments: [String], input: String? = nil, environment: [String: String] = [:]
    ) async throws -> Run {
        let folder = try Folder()
        let input = try input.map { try folder.write("stdin", $0) } ?? "/dev/null"
        let run = try await Child.run(
            url.path, arguments,
            environment: ["PATH": "/usr/bin:/bin", "YOGIYOGI_SOCKET": folder.path("none.sock")]
                .merging(environment) { _, wanted in wanted }, input: input)
        return Run(status: run.status, output: run.output, error: run.errors)
    }
}

/// A temporary folder, removed with the value.
final class Folder: Sendable {
    let root: String

    init() throws {
        // Short: the path of a socket has 107 bytes at most.
        root = "/tmp/yogictl-\(UUID().uuidString.prefix(13))"
        try FileManager.default.createDirectory(atPath: root, withIntermediateDirectories: true)
    }

    deinit {
        try? FileManager.default.removeItem(atPath: root)
    }

    func path(_ name: String) -> String { "\(root)/\(name)" }

    func text(_ name: String) throws -> String {
        String(decoding: try Data(contentsOf: URL(fileURLWithPath: path(name))), as: UTF8.self)
    }

    /// Writes a file and returns its path.
    func write(_ name: String, _ text: String) throws -> String {
        try Data(text.utf8).write(to: URL(fileURLWithPath: path(name)))
        return path(name)
    }
}
