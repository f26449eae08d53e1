import Foundation
import Testing
import WorkflowFile

/// The files beside the tests; read from the source tree, so that what is expected can be written there.
enum Fixtures {
    static let folder = URL(fileURLWithPath: #filePath).deletingLastPathComponent().appendingPathComponent("Fixtures")
    static let root = folder.deletingLastPathComponent().deletingLastPathComponent().deletingLastPathComponent()

    /// Set to 1 to write what comes out instead of comparing it; then read the difference.
    static let isRecording = ProcessInfo.processInfo.environment["WORKFLOW_FIXTURES_RECORD"] == "1"

    static func names(in kind: String) throws -> [String] {
        try FileManager.default.contentsOfDirectory(atPath: folder.appendingPathComponent(kind).path)
            .filter { $0.hasSuffix(".yaml") }.sorted()
    }

    static func bytes(_ path: String) throws -> [UInt8] {
        Array(try Data(contentsOf: folder.appendingPathComponent(path)))
    }

    static func text(of url: URL) throws -> String { try String(contentsOf: url, encoding: .utf8) }

    /// Compares with the file `NAME.expected` beside the fixture.
    static func expect(
        _ text: String, for path: String, extension name: String = "expected",
        _ location: SourceLocation = #_sourceLocation
    ) throws {
        let url = folder.appendingPathComponent(path).deletingPathExtension().appendingPathExtension(name)
        if isRecording { try Data(text.utf8).write(to: url) }
        let expected = (try? String(contentsOf: url, encoding: .utf8)) ?? ""
        #expect(text == expected, "\(path)", sourceLocation: location)
    }
}

extension [Diagnostic] {
    /// As a program prints them: one a line.
    var printed: String { map { "\($0)\n" }.joined() }
}

extension String {
    /// The diagnostics of this text as a file `a.yaml`.
    var diagnostics: [String] { WorkflowFile.parse(text: self, path: "a.yaml").diagnostics.map(\.description) }
}
