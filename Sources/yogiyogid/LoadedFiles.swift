import Glibc
import Participants
import Rehearsal
import SagaCore
import SagaEngine
import SagaStore
import WorkflowFile

/// The workflows that the daemon runs: the folders', and those that live sagas are pinned to.
struct LoadedFiles {
    private(set) var workflows: [LoadedWorkflow] = []

    /// Reads the folders, whole or not at all.
    /// - Throws: ``StartFailure`` with every diagnostic, or naming a participant that nobody configured.
    init(_ configuration: DaemonConfiguration) throws(StartFailure) {
        let folder = WorkflowFolder.load(paths: configuration.workflows)
        guard !folder.hasErrors else { throw StartFailure(lines: folder.diagnostics.map(\.description)) }
        let diagnostics = folder.diagnostics + Self.planned(folder)
        let refused = diagnostics.filter { $0.severity == .error }
        guard refused.isEmpty else { throw StartFailure(lines: refused.map(\.description)) }
        var unknown: [String] = []
        let known = configuration.participants.map(\.name)
        for file in folder.files {
            guard let workflow = file.workflow else { continue }
            workflows.append(LoadedWorkflow(workflow: workflow, source: file.source))
            unknown += Self.unknownParticipants(in: workflow, path: file.path, known: known)
        }
        guard unknown.isEmpty else { throw StartFailure(lines: unknown) }
        for diagnostic in diagnostics {
            let line = Array("yogiyogid: \(diagnostic)\n".utf8)
            _ = write(STDERR_FILENO, line, line.count)
        }
    }

    /// What every way through the workflows shows, within the budget of a load.
    private static func planned(_ folder: WorkflowFolder) -> [Diagnostic] {
        folder.files.flatMap { file in file.workflow.map { Plan.diagnostics(of: $0, path: file.path) } ?? [] }
    }

    /// Adds the versions that the store holds and no folder has: their sagas go on (semantics.md, rule 5).
    mutating func addPinned(by store: SagaStore) throws {
        for stored in try store.read({ try $0.workflows() }) {
            let isLoaded = workflows.contains {
                $0.workflow.name == stored.name && $0.workflow.version == stored.version
            }
            guard !isLoaded else { continue }
            let file = WorkflowFile.parse(text: stored.source, path: "\(stored.name) \(stored.version) in the store")
            guard let workflow = file.workflow else {
                throw StartFailure(
                    lines: ["the store holds a workflow that does not load; install the version that wrote it"]
                        + file.diagnostics.map(\.description))
            }
            workflows.append(LoadedWorkflow(workflow: workflow, source: stored.source, isCurrent: false))
        }
    }

    private static func unknownParticipants(in workflow: Workflow, path: String, known: [String]) -> [String] {
        workflow.states.flatMap { state -> [String] in
            guard let step = state.step else { return [] }
            var names = [step.call.participant]
            if case .call(let undo) = step.compensation { names.append(undo.call.participant) }
            let list = known.isEmpty ? "none is configured" : "known: \(known.sorted().joined(separator: ", "))"
            return Set(names.filter { !known.contains($0) }).sorted().map { name in
                "state '\(state.name)' calls unknown participant '\(name)' (\(path):\(state.place)); \(list)"
            }
        }
    }
}
