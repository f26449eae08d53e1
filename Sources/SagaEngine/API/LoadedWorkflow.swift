public import SagaCore
import SagaStore

/// A version of a workflow that the engine can run sagas of.
public struct LoadedWorkflow: Sendable, Hashable {
    /// As read from `source`; its digest is what the store compares.
    public var workflow: Workflow
    /// The text of its file, which the store pins.
    public var source: String
    /// Whether new sagas may start with it: the highest of these by `VersionOrder` is what a start without a version gets. Others
    /// only let their live sagas go on.
    public var isCurrent: Bool

    /// A workflow with its text; by default new sagas start with it.
    public init(workflow: Workflow, source: String, isCurrent: Bool = true) {
        self.workflow = workflow
        self.source = source
        self.isCurrent = isCurrent
    }
}

/// Why the workflows cannot be taken into the store.
public struct WorkflowConflict: Error, Sendable, Hashable, CustomStringConvertible {
    /// The workflow whose text was changed.
    public var name: String
    /// The version that should have been a new one.
    public var version: String

    /// A conflict of that version.
    public init(name: String, version: String) {
        self.name = name
        self.version = version
    }

    public var description: String {
        "workflow '\(name)' version \"\(version)\" has other content than the store holds for running sagas; "
            + "give the changed file a new version"
    }
}

/// Live sagas run on a version that was not loaded.
public struct WorkflowMissing: Error, Sendable, Hashable, CustomStringConvertible {
    public var name: String
    public var version: String

    /// What is missing and where it is.
    public var description: String {
        "live sagas run on workflow '\(name)' version \"\(version)\", which is not loaded; the store holds its text"
    }
}

/// Every workflow of the engine, by the row that the store pins it in.
struct WorkflowSet: Sendable {
    private(set) var byRow: [Int64: Workflow] = [:]
    private(set) var current: [String: Int64] = [:]
    private(set) var views = WorkflowViews()

    /// Pins in the store what it does not hold yet: all of it, or nothing when one does not fit.
    /// - Throws: ``WorkflowConflict`` for a version with other content; ``WorkflowMissing``; ``StoreError``.
    init(_ loaded: [LoadedWorkflow], in store: SagaStore) throws {
        let (stored, live) = try store.read { (try $0.workflows(), Set(try $0.liveCounts().map(\.workflow))) }
        for row in stored where live.contains(row.id) {
            let isLoaded = loaded.contains { $0.workflow.name == row.name && $0.workflow.version == row.version }
            // Else all of them would be put aside as broken.
            guard isLoaded else { throw WorkflowMissing(name: row.name, version: row.version) }
        }
        var rows: [Int64?] = []
        for workflow in loaded.map(\.workflow) {
            let known = stored.first { $0.name == workflow.name && $0.version == workflow.version }
            if let known, known.digest != workflow.digest {
                throw WorkflowConflict(name: workflow.name, version: workflow.version)
            }
            rows.append(known?.id)
        }
        if rows.contains(nil) {
            try store.write { transaction in
                for (index, item) in loaded.enumerated() where rows[index] == nil {
                    let workflow = item.workflow
                    rows[index] = try transaction.pin(
                        name: workflow.name, version: workflow.version, digest: workflow.digest, source: item.source,
                        phrases: workflow.phrases)
                }
            }
        }
        for (item, row) in zip(loaded, rows) {
            guard let row else { continue }
            byRow[row] = item.workflow
            guard item.isCurrent else { continue }
            let name = item.workflow.name
            if let known = current[name].flatMap({ byRow[$0] }),
                VersionOrder(known.version) > VersionOrder(item.workflow.version)
            {
                continue
            }
            current[name] = row
        }
        views = try WorkflowViews(of: byRow, current: current, in: store)
    }

    /// The row and workflow that a start takes.
    func find(_ name: String, version: String?) throws(EngineError) -> (row: Int64, workflow: Workflow) {
        let versions = byRow.filter { $0.value.name == name }
        guard let version else {
            guard let row = current[name], let workflow = byRow[row] else {
                throw .unknownWorkflow(name: name, known: current.keys.sorted())
            }
            return (row, workflow)
        }
        guard let found = versions.first(where: { $0.value.version == version }) else {
            guard !versions.isEmpty else { throw .unknownWorkflow(name: name, known: current.keys.sorted()) }
            throw .unknownVersion(
                workflow: name, version: version,
                known: versions.map(\.value.version).sorted { VersionOrder($0) < VersionOrder($1) })
        }
        return (found.key, found.value)
    }

    func rows(named name: String) -> [Int64] {
        byRow.filter { $0.value.name == name }.map(\.key).sorted()
    }
}
