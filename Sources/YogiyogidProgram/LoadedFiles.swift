import Participants
import Rehearsal
import SagaCore
import SagaEngine
import SagaStore
import WorkflowFile

/// The workflows that the daemon runs: the folders', and those that live sagas are pinned to.
struct LoadedFiles {
    private(set) var workflows: [LoadedWorkflow] = []
    /// What should be looked at and hinders nothing, as `yogictl check` prints it.
    private(set) var warnings: [String] = []
    /// Where each current workflow stands.
    private var places: [String: String] = [:]

    /// Reads the folders, whole or not at all.
    /// - Throws: ``StartFailure`` with every diagnostic, or naming a participant that nobody configured.
    init(_ configuration: DaemonConfiguration) throws(StartFailure) {
        let folder = WorkflowFolder.load(paths: configuration.workflows)
        guard !folder.hasErrors else { throw StartFailure(lines: folder.diagnostics.map(\.description)) }
        let diagnostics = (folder.diagnostics + Self.planned(folder)).sorted()
        let refused = diagnostics.filter { $0.severity == .error }
        guard refused.isEmpty else { throw StartFailure(lines: refused.map(\.description)) }
        var unknown: [String] = []
        var unfit: [String] = []
        let known = configuration.participants.map(\.name)
        for file in folder.files {
            guard let workflow = file.workflow else { continue }
            workflows.append(LoadedWorkflow(workflow: workflow, source: file.source))
            places["\(workflow.name) \(workflow.version)"] = file.path
            unknown += Self.unknownParticipants(in: workflow, path: file.path, known: known)
            let check = MappingCheck(workflow, path: file.path, configuration.participants)
            unknown += check.errors
            unfit += check.warnings
        }
        guard unknown.isEmpty else { throw StartFailure(lines: unknown) }
        warnings = diagnostics.map(\.description) + unfit + NetworkCheck.warnings(configuration.participants)
        if configuration.publicURL == nil { warnings += folder.files.flatMap(Self.unbrought) }
    }

    /// Answers that are to be brought, where nobody is told to where.
    private static func unbrought(_ file: WorkflowFile) -> [String] {
        (file.workflow?.states ?? []).filter { $0.step?.pending.isCalledBack == true }.map { state in
            "\(file.path): warning: state '\(state.name)' waits for its answer to be brought ('callback: true'), and the "
                + "configuration has no 'public-url' that participants are told to bring it to"
        }
    }

    /// What every way through the workflows shows, within the budget of a load.
    private static func planned(_ folder: WorkflowFolder) -> [Diagnostic] {
        folder.files.flatMap { file in file.workflow.map { Plan.diagnostics(of: $0, path: file.path) } ?? [] }
    }

    /// Adds the versions that the store holds and no folder has: their sagas go on (semantics.md, rule 5).
    /// - Throws: ``StartFailure`` that names every version whose content is not what the store holds.
    mutating func addPinned(by store: SagaStore) throws {
        var conflicts: [String] = []
        for stored in try store.read({ try $0.workflows() }) {
            let loaded = workflows.first { $0.workflow.name == stored.name && $0.workflow.version == stored.version }
            if let workflow = loaded?.workflow {
                guard workflow.digest != stored.digest else { continue }
                let place = places["\(stored.name) \(stored.version)"].map { "\($0):1:1: error: " } ?? ""
                conflicts.append(place + WorkflowConflict(name: stored.name, version: stored.version).description)
                continue
            }
            let file = WorkflowFile.parse(pinned: stored.source, path: "\(stored.name) \(stored.version) in the store")
            guard let workflow = file.workflow else {
                throw StartFailure(
                    lines: ["the store holds a workflow that does not load; install the version that wrote it"]
                        + file.diagnostics.map(\.description), status: .store)
            }
            workflows.append(LoadedWorkflow(workflow: workflow, source: stored.source, isCurrent: false))
        }
        guard conflicts.isEmpty else { throw StartFailure(lines: conflicts) }
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
