import Foundation
import SagaCore
import Testing
import WorkflowFile

struct FolderTests {
    private func load(_ names: String...) -> WorkflowFolder {
        WorkflowFolder.load(paths: names.map { Fixtures.folder.appendingPathComponent("folders/\($0)").path })
    }

    private func identities(_ folder: WorkflowFolder) -> [String] {
        folder.workflows.map { "\($0.name) \($0.version)" }
    }

    @Test func `a folder has its yaml and yml files but no tests, and the same content twice is one and told`() {
        let folder = load("good")
        let (first, second) = ("folders/good/copy.yml", "folders/good/smallest.yaml")
        #expect(
            folder.diagnostics.printed
                == "\(Fixtures.folder.appendingPathComponent(second).path):1:1: warning: workflow 'smallest' version '1' is in "
                + "'\(Fixtures.folder.appendingPathComponent(first).path)' too, with the same content; this file is left out: "
                + "delete one of them [YG0014]\n")
        #expect(identities(folder) == ["smallest 1", "smallest 2"])
    }

    @Test func `versions come in the order in which people count`() throws {
        let folder = FileManager.default.temporaryDirectory.appendingPathComponent("versions-\(UUID().uuidString)")
        try FileManager.default.createDirectory(at: folder, withIntermediateDirectories: true)
        defer { try? FileManager.default.removeItem(at: folder) }
        let text = String(decoding: try Fixtures.bytes("valid/smallest.yaml"), as: UTF8.self)
        for version in ["9", "10", "1"] {
            let file = folder.appendingPathComponent("\(version).yaml")
            try Data(text.replacing("\"1\"", with: "\"\(version)\"").utf8).write(to: file)
        }
        #expect(identities(WorkflowFolder.load(paths: [folder.path])) == ["smallest 1", "smallest 9", "smallest 10"])
    }

    @Test func `a name in an earlier folder hides all its versions in the later`() {
        #expect(identities(load("good", "hidden")) == ["other 1", "smallest 1", "smallest 2"])
        #expect(identities(load("hidden", "good")) == ["other 1", "smallest 3"])
    }

    @Test func `one file with an error leaves nothing loaded and the others checked`() {
        let folder = load("good", "broken")
        #expect(folder.files.isEmpty && folder.workflows.isEmpty)
        #expect(folder.hasErrors)
        let codes = folder.diagnostics.map { "\(URL(fileURLWithPath: $0.path).lastPathComponent) \($0.code.rawValue)" }
        #expect(codes.contains("b.yaml YG0102"))
        #expect(codes.contains("c.yaml YG0013"))
        #expect(folder.diagnostics.contains { $0.text == "is not a regular file" })
    }

    @Test func `one name and version with two contents is an error that names both files`() {
        let folder = load("twice")
        let first = Fixtures.folder.appendingPathComponent("folders/twice/a.yaml").path
        let second = Fixtures.folder.appendingPathComponent("folders/twice/b.yaml").path
        #expect(
            folder.diagnostics.printed
                == "\(second):1:1: error: workflow 'smallest' version '1' is in '\(first)' with other content; "
                + "give one of them another version [YG0014]\n")
        #expect(folder.files.isEmpty)
    }

    @Test func `what cannot be read is a diagnostic`() {
        #expect(
            WorkflowFile.load(path: "/no/such.yaml").diagnostics.printed
                == "/no/such.yaml:1:1: error: cannot be read: No such file or directory [YG0013]\n")
        #expect(
            WorkflowFile.load(path: "/dev/zero").diagnostics.printed
                == "/dev/zero:1:1: error: is not a regular file [YG0013]\n")
        #expect(
            WorkflowFolder.load(paths: ["/no/such"]).diagnostics.printed
                == "/no/such:1:1: error: cannot be read: No such file or directory [YG0013]\n")
    }
}
