import CEL
import Foundation
import SagaCore
import Testing

/// A golden text file: each line at the margin is an input, the indented lines below it are the records, calls and the answer
/// that it must give. The lines at the top that begin with `#` say what it proves.
///
/// `YOGIYOGI_RECORD=1` in the environment writes what is decided over the files, to be read before it is committed.
struct Transcript: Sendable, CustomTestStringConvertible {
    let name: String
    let claim: String
    let workflow: Workflow
    let inputs: [String]
    let text: String

    var testDescription: String { "\(name): \(claim)" }

    static let folder = "Fixtures/transcripts"

    static let all: [Transcript] = {
        let folder = Bundle.module.bundleURL.appending(path: Self.folder)
        let files = (try? FileManager.default.contentsOfDirectory(at: folder, includingPropertiesForKeys: nil)) ?? []
        return files.filter { $0.pathExtension == "txt" }.sorted { $0.path < $1.path }.map(Transcript.init(file:))
    }()

    init(file: URL) {
        name = file.deletingPathExtension().lastPathComponent
        text = (try? String(contentsOf: file, encoding: .utf8)) ?? ""
        let lines = text.split(separator: "\n").map(String.init)
        claim = lines.prefix { $0.hasPrefix("#") }.map { $0.dropFirst(2) }.joined(separator: " ")
        let header = lines.first { $0.hasPrefix("workflow ") }?.dropFirst("workflow ".count)
        guard let workflow = Workflow.fixtures.first(where: { $0.name == header ?? "" }) else {
            fatalError("\(file.path): no workflow '\(header ?? "")'")
        }
        self.workflow = workflow
        inputs = lines.filter { !$0.hasPrefix(" ") && !$0.hasPrefix("#") && !$0.hasPrefix("workflow ") }
    }

    /// The whole text as the core decides it now.
    func played() throws -> String {
        var player = Player(workflow: workflow)
        var lines = text.split(separator: "\n").prefix { $0.hasPrefix("#") || $0.hasPrefix("workflow ") }.map(
            String.init)
        for input in inputs {
            lines.append("")
            lines.append(input)
            lines += try player.play(input).map { "    " + $0 }
        }
        return lines.joined(separator: "\n") + "\n"
    }
}
