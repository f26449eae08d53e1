import ArgumentParser
import CEL
import Foundation
import Rehearsal
import SagaCore
import WorkflowFile

/// `yogictl check`: what is wrong with workflow files, without the daemon.
struct CheckCommand: ParsableCommand {
    static let configuration = CommandConfiguration(
        commandName: "check",
        abstract: "Checks workflow files and prints all that is wrong with them.",
        discussion: """
            Prints path:line:column: error: text [code] for each fault and 'FILE: ok' for each file that can be loaded; \
            exit status 1 when any cannot. A folder stands for the workflows in it, checked as the daemon loads them: \
            together.
            """)

    @Argument(help: "Workflow files and folders.", completion: .file(extensions: ["yaml", "yml"]))
    var files: [String]

    @OptionGroup var global: GlobalOptions

    func run() throws {
        let checks = try files.flatMap(Self.checks)
        switch global.output {
        case .table: try Output.standard.write(checks.map(\.text).joined())
        case .json: try Output.standard.json(.map(MapValue([("files", .list(checks.map(\.json)))])))
        }
        if checks.contains(where: \.hasErrors) { throw Failure(.refused, nil) }
    }

    private static func checks(of path: String) throws -> [FileCheck] {
        var isFolder: ObjCBool = false
        guard FileManager.default.fileExists(atPath: path, isDirectory: &isFolder), isFolder.boolValue else {
            return [FileCheck(path: path, diagnostics: Self.diagnostics(of: WorkflowFile.load(path: path)))]
        }
        let folder = WorkflowFolder.load(paths: [path])
        let planned = folder.files.flatMap { file in
            file.workflow.map { Plan.diagnostics(of: $0, path: file.path) } ?? []
        }
        let byPath = Dictionary(grouping: (folder.diagnostics + planned).sorted(), by: \.path)
        let names = (try? FileManager.default.contentsOfDirectory(atPath: path)) ?? []
        let found = names.filter(isWorkflow).map { path.hasSuffix("/") ? path + $0 : "\(path)/\($0)" }
        guard !found.isEmpty || !byPath.isEmpty else {
            throw Failure(
                .refused, "no workflow in '\(path)' (it has no *.yaml and no *.yml). Name the folder that has them")
        }
        return Set(found + byPath.keys).sorted().map { FileCheck(path: $0, diagnostics: byPath[$0] ?? []) }
    }

    /// Those of the file, and those of every way through it.
    private static func diagnostics(of file: WorkflowFile) -> [Diagnostic] {
        guard let workflow = file.workflow else { return file.diagnostics }
        return (file.diagnostics + Plan.diagnostics(of: workflow, path: file.path)).sorted()
    }

    /// As the daemon chooses them: no hidden files and no tests of workflows.
    private static func isWorkflow(_ name: String) -> Bool {
        let stem = name.hasSuffix(".yaml") ? name.dropLast(5) : name.hasSuffix(".yml") ? name.dropLast(4) : ""
        return !stem.isEmpty && !stem.hasPrefix(".") && !stem.hasSuffix(".test")
    }
}

/// What was found out about one file.
struct FileCheck {
    var path: String
    var diagnostics: [Diagnostic]

    var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// A line for each fault, and one that says so when the file can be loaded.
    var text: String {
        let lines = diagnostics.map(\.description) + (hasErrors ? [] : ["\(path): ok"])
        return lines.map { $0.printable + "\n" }.joined()
    }

    var json: Value {
        let diagnostics = diagnostics.map { diagnostic in
            Value.map(
                MapValue([
                    ("line", .int(Int64(diagnostic.place.line))), ("column", .int(Int64(diagnostic.place.column))),
                    ("severity", .string(diagnostic.severity.rawValue)), ("code", .string(diagnostic.code.rawValue)),
                    ("text", .string(diagnostic.text)),
                ]))
        }
        return .map(
            MapValue([("path", .string(path)), ("ok", .bool(!hasErrors)), ("diagnostics", .list(diagnostics))]))
    }
}
