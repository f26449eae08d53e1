import SagaCore
import SagaStore

/// By which definitions sagas are shown in views, and which views of the store have rows by others.
///
/// A view has one definition for all sagas of a workflow: that of the version which new sagas start with, so that a view that was changed
/// shows old and new sagas alike (decision 0024). Where that version does not have the view, each saga is shown by its own version's.
struct WorkflowViews: Sendable {
    /// What sagas are shown in, by the row of their workflow.
    private(set) var byRow: [Int64: [Shown]] = [:]
    /// By name; those that some loaded workflow has.
    private(set) var ids: [String: Int64] = [:]
    /// By view and workflow.
    private(set) var digests: [Int64: [String: UInt64]] = [:]
    /// The names of views with rows by an older definition, which nobody rebuilds.
    private(set) var older: [String] = []
    /// Whether there is a rebuild under way.
    private(set) var isRebuilding = false

    /// A view and its id in the store.
    struct Shown: Sendable {
        var id: Int64
        var view: View
    }

    /// Those of no workflow.
    init() {}

    /// Keeps in the store what views there are, and notes which have rows by other definitions than these.
    /// - Throws: ``StoreError``.
    init(of workflows: [Int64: Workflow], current: [String: Int64], in store: SagaStore) throws {
        var shown: [Int64: [View]] = [:]
        var definitions: [String: [String: Set<UInt64>]] = [:]
        for (row, workflow) in workflows {
            let first = current[workflow.name].flatMap { workflows[$0] }?.views ?? []
            let own = workflow.views.filter { own in !first.contains { $0.name == own.name } }
            shown[row] = first + own
            for view in first + own {
                definitions[view.name, default: [:]][workflow.name, default: []].insert(view.digest)
            }
        }
        let views = try Self.settle(definitions, in: store).filter { definitions[$0.name] != nil }
        for view in views {
            ids[view.name] = view.id
            digests[view.id] = view.digests
        }
        for (row, views) in shown {
            byRow[row] = views.compactMap { view in ids[view.name].map { Shown(id: $0, view: view) } }
        }
        older = views.filter { $0.olderUntil != nil && $0.rebuild == nil }.map(\.name)
        isRebuilding = views.contains { $0.rebuild != nil }
    }

    /// - Parameter definitions: those in force, by view and workflow.
    /// - Returns: every view of the store, as it is then.
    private static func settle(
        _ definitions: [String: [String: Set<UInt64>]], in store: SagaStore
    ) throws -> [StoredView] {
        try store.settleViews { views, newest throws in
            var changed: [StoredView] = []
            var last = views.map(\.id).max() ?? 0
            for (name, definitions) in definitions.sorted(by: { $0.key < $1.key }) {
                let known = views.first { $0.name == name }
                var view = known ?? StoredView(id: last + 1, name: name)
                if known == nil { last += 1 }
                for (workflow, digests) in definitions where view.digests[workflow] != digests.one {
                    view.digests[workflow] = digests.one
                    guard let number = try newest(workflow) else { continue }
                    view.olderUntil = max(view.olderUntil ?? 0, number)
                    // What was rebuilt by a definition that is over is rebuilt again.
                    if let rebuild = view.rebuild { view.rebuild = .init(total: rebuild.total) }
                }
                if view != known { changed.append(view) }
            }
            return changed
        }
    }
}

extension Set<UInt64> {
    /// One for all; of one alone it is that one.
    fileprivate var one: UInt64 {
        guard count > 1 else { return first ?? 0 }
        return Hash.of(sorted().flatMap { digest in (0..<8).map { UInt8(truncatingIfNeeded: digest >> ($0 * 8)) } })
    }
}

extension SagaStore {
    /// Changes what is kept of views.
    /// - Parameter body: says which views are to be kept as what; told the views that there are, and how to find a workflow's newest saga.
    /// - Returns: every view, as it is then.
    fileprivate func settleViews(
        _ body: ([StoredView], _ newest: (_ workflow: String) throws -> Int64?) throws -> [StoredView]
    ) throws -> [StoredView] {
        let (views, changed) = try read { reading throws in
            let views = try reading.views()
            let workflows = try reading.workflows()
            let changed = try body(views) { name in
                let rows = workflows.filter { $0.name == name }.map(\.id)
                return try reading.sagas(workflows: rows, limit: 1).first?.id.number
            }
            return (views, changed)
        }
        if changed.isEmpty { return views }
        try write { transaction throws in
            for view in changed { try transaction.save(view) }
        }
        return views.filter { view in !changed.contains { $0.id == view.id } } + changed
    }
}
