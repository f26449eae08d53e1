import CEL
import Foundation
import Rehearsal
import SagaCore
import WorkflowFile

/// A file of scenarios, `NAME.test.yaml`, and the workflow that they are about.
struct ScenarioFile {
    /// In the order of the file.
    let scenarios: [Scenario]
    /// As it would be loaded.
    let workflow: Workflow

    /// Reads a file and the workflow that it names.
    /// - Throws: ``Failure`` after all faults were written to stderr, or when a file cannot be read.
    init(path: String) throws {
        let file = try InputFile(opening: path, for: "test")
        let bytes = try file.contents(WorkflowFile.bytesMax, "test")
        guard let text = String(validating: bytes, as: UTF8.self) else {
            throw Failure(.refused, "'\(path)' is not UTF-8. Save it as UTF-8")
        }
        var reader = NodeReader()
        let yaml = StrictYAML(text, empty: Self.emptyText)
        reader.add(yaml.faults)
        guard let root = yaml.root else {
            if yaml.faults.isEmpty { reader.fault(Place(line: 1, column: 1), Self.emptyText) }
            throw Self.refused(path, reader)
        }
        if let hint = Self.workflowHint(root, path) { throw hint }
        let top = reader.fields(
            root, "the file", keys: ["workflow", "start", "input", "answers", "scenarios"], required: ["scenarios"])
        guard let workflow = try Self.workflow(top["workflow"], of: path, &reader) else {
            throw Self.refused(path, reader)
        }
        var scenarios = ScenarioReader(workflow: workflow, nodes: reader)
        scenarios.readDefaults(top)
        self.scenarios = top["scenarios"].map { scenarios.scenarios($0) } ?? []
        self.workflow = workflow
        guard scenarios.nodes.faults.isEmpty else { throw Self.refused(path, scenarios.nodes) }
    }

    private static let emptyText = "the file is empty; it has 'scenarios:'"

    /// What to do with a workflow in the place of its scenarios.
    private static func workflowHint(_ root: YAMLNode, _ path: String) -> Failure? {
        let keys = Set(root.entries?.map(\.key) ?? [])
        guard keys.contains("states"), !keys.contains("scenarios") else { return nil }
        let url = URL(fileURLWithPath: path)
        let name = "\(url.deletingPathExtension().lastPathComponent).test.\(url.pathExtension)"
        let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + "/" : ""
        let isThere = FileManager.default.fileExists(atPath: folder + name)
        return Failure(
            .usage,
            "'\(path)' is a workflow, and not its scenarios. "
                + (isThere
                    ? "Play 'yogictl test \(folder)\(name)'"
                    : "They stand beside it, in '\(folder)\(name)', under 'scenarios:'; for the workflow itself there are 'check' "
                        + "and 'plan'"))
    }

    /// The workflow beside it: as the file says, else of the same name without `.test`.
    private static func workflow(_ node: YAMLNode?, of path: String, _ nodes: inout NodeReader) throws -> Workflow? {
        let url = URL(fileURLWithPath: path)
        var name = url.lastPathComponent.replacing(".test.", with: ".")
        if let node {
            guard let text = nodes.text(node, "'workflow'") else { return nil }
            name = text
        } else if name == url.lastPathComponent {
            throw Failure(
                .usage, "'\(path)' is not named NAME.test.yaml. Name it so, or say with 'workflow:' what it tests")
        }
        let folder = path.contains("/") ? String(path[..<(path.lastIndex(of: "/") ?? path.startIndex)]) + "/" : ""
        let file = WorkflowFile.load(path: name.hasPrefix("/") ? name : folder + name)
        guard let workflow = file.workflow else {
            try Output.error.write(FileCheck(path: file.path, diagnostics: file.diagnostics).text)
            throw Failure(.refused, "'\(path)' tests '\(file.path)', which has errors. Correct them first")
        }
        return workflow
    }

    private static func refused(_ path: String, _ nodes: NodeReader) -> any Error {
        let faults = nodes.faults.sorted { ($0.place.line, $0.place.column) < ($1.place.line, $1.place.column) }
        let lines = faults.map { "\(path):\($0.place): error: \($0.text)".printable + "\n" }
        do {
            try Output.error.write(lines.joined())
        } catch {
            return error
        }
        return Failure(.refused, "no scenario of '\(path)' was played. Correct the file")
    }
}
