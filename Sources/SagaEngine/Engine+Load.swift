import SagaCore
import SagaStore

/// What a load has changed for sagas that are started from now on; each as `NAME VERSION`.
public struct WorkflowChange: Sendable, Hashable {
    /// New sagas start with these, and did not before.
    public var added: [String]
    /// New sagas no longer start with these; those that run go on by them.
    public var retired: [String]

    init(from before: WorkflowSet, to after: WorkflowSet) {
        let (was, becomes) = (Set(before.currentNames), Set(after.currentNames))
        added = becomes.subtracting(was).sorted()
        retired = was.subtracting(becomes).sorted()
    }
}

extension Engine {
    /// Takes other workflows and limits while it runs, whole or not at all. Sagas that run stay pinned to the version that they
    /// were started with (semantics.md, rule 5).
    ///
    /// - Parameters:
    ///   - workflows: the current ones and all that live sagas are pinned to.
    ///   - limits: of which those of inbox, batch and cache are taken over, and the bytes of early signals.
    ///   - adopting: called when all is kept and before anything is decided by it, from the loop's thread: it must not block.
    /// - Throws: ``WorkflowConflict``, ``WorkflowMissing``, `StoreError`, and ``EngineError/stopping``; then nothing has changed.
    public func load(
        _ workflows: [LoadedWorkflow], limits: EngineLimits, adopting: @escaping @Sendable () -> Void = {}
    ) async throws -> WorkflowChange {
        let load = Load(workflows: workflows, limits: limits, adopt: adopting)
        return try await send { .load(load, $0) }.get()
    }
}

extension WorkflowSet {
    /// Of each workflow, what a start without a version takes.
    fileprivate var currentNames: [String] {
        current.values.compactMap { row in byRow[row].map { "\($0.name) \($0.version)" } }
    }
}
