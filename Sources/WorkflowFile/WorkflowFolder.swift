public import SagaCore

/// All workflows of some folders: taken whole or not at all.
public struct WorkflowFolder: Sendable {
    /// Sorted by name and version, the highest version of each name last; empty when anything has an error.
    public var files: [WorkflowFile]
    /// Of all files, sorted.
    public var diagnostics: [Diagnostic]

    /// What the files hold, in their order.
    public var workflows: [Workflow] { files.compactMap(\.workflow) }

    /// Whether any diagnostic is an error.
    public var hasErrors: Bool { diagnostics.contains { $0.severity == .error } }

    /// Reads every `*.yaml` and `*.yml` but `*.test.yaml` of the folders; a path may also be one file. A name in an earlier folder hides all its versions in
    /// the later ones.
    public static func load(paths: [String]) -> WorkflowFolder {
        var found: [WorkflowFile] = []
        var diagnostics: [Diagnostic] = []
        for folder in paths {
            let files = read(folder, &diagnostics)
            let hidden = Set(found.compactMap(\.workflow?.name))
            var own: [String: (path: String, digest: String)] = [:]
            for file in files {
                guard let workflow = file.workflow, !hidden.contains(workflow.name) else { continue }
                let identity = "\(workflow.name) \(workflow.version)"
                if let twin = own[identity] {
                    diagnostics.append(twice(workflow, file.path, twin))
                    continue
                }
                own[identity] = (file.path, workflow.digest)
                found.append(file)
            }
        }
        diagnostics.sort()
        let isWhole = !diagnostics.contains { $0.severity == .error }
        let sorted = found.sorted { order($0) < order($1) }
        return WorkflowFolder(files: isWhole ? sorted : [], diagnostics: diagnostics)
    }

    private static func order(_ file: WorkflowFile) -> (String, VersionOrder) {
        (file.workflow?.name ?? "", VersionOrder(file.workflow?.version ?? ""))
    }

    private static func read(_ folder: String, _ diagnostics: inout [Diagnostic]) -> [WorkflowFile] {
        if FileBytes.isFile(folder) {
            let file = WorkflowFile.load(path: folder)
            diagnostics += file.diagnostics
            return [file]
        }
        let names: [String]
        do {
            names = try FileBytes.names(in: folder)
        } catch {
            diagnostics += WorkflowFile.refused(folder, .unreadable, Place(line: 1, column: 1), "\(error)").diagnostics
            return []
        }
        let files = names.filter(isWorkflow).map {
            WorkflowFile.load(path: folder.hasSuffix("/") ? folder + $0 : "\(folder)/\($0)")
        }
        for file in files { diagnostics += file.diagnostics }
        return files
    }

    private static func isWorkflow(_ name: String) -> Bool {
        guard !name.hasPrefix("."), !name.hasSuffix(".test.yaml"), !name.hasSuffix(".test.yml") else { return false }
        return name.hasSuffix(".yaml") || name.hasSuffix(".yml")
    }

    /// Of two files with one name and version the second is told: left out when it says the same, refused when it does not.
    private static func twice(_ workflow: Workflow, _ path: String, _ twin: (path: String, digest: String))
        -> Diagnostic
    {
        let isSame = twin.digest == workflow.digest
        let what = "workflow '\(workflow.name)' version '\(workflow.version)' is in '\(twin.path)' "
        return Diagnostic(
            path: path, place: Place(line: 1, column: 1), severity: isSame ? .warning : .error, code: .versionTwice,
            text: what
                + (isSame
                    ? "too, with the same content; this file is left out: delete one of them"
                    : "with other content; give one of them another version"))
    }
}
