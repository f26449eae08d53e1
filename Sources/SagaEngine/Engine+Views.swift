import CEL
import Logging
import OperatorLog
public import SagaCore
import SagaStore

extension Engine {
    /// Rows of a view, of all keys or one: as they were written with their sagas' commits, so that no saga is read.
    /// - Throws: ``EngineError/unknownView(name:known:)`` and others.
    public func view(
        _ name: String, key: String? = nil, limit: Int = 100, after: SagaID? = nil
    ) async throws(EngineError) -> ViewPage {
        let view = try viewID(name)
        let limit = min(max(1, limit), Self.pageMax)
        return try await onReader { store throws(StoreError) in
            let isOlder = try store.read { try $0.views().contains { $0.id == view && $0.olderUntil != nil } }
            let found = try store.rows(
                ofView: view, key: key, before: after?.number ?? .max, limit: limit, bytesMax: Self.pageBytesMax)
            let rows = found.rows.compactMap { found in
                (try? JSON.parse(found.row)).map { ViewPage.Row(saga: found.saga, key: found.shownKey, row: $0) }
            }
            return ViewPage(rows: rows, isOlder: isOlder, next: found.hasMore ? found.rows.last?.saga : nil)
        }
    }

    /// Begins to write the rows of a view anew, by its present definitions; ``SmallSteps`` goes on with it, also in the next process. The
    /// log says who.
    /// - Returns: how far it is; one that is under way goes on.
    /// - Throws: ``EngineError/unknownView(name:known:)`` and others.
    public func rebuild(view name: String, by actor: Actor? = nil) async throws(EngineError) -> ViewState {
        let id = try viewID(name)
        let total = try await read { try $0.sagaCount() }
        let begun: (view: StoredView, isNew: Bool)? = try await upkeep { store throws(StoreError) in
            let (views, last) = try store.read { (try $0.views(), try $0.lastNumber()) }
            guard var view = views.first(where: { $0.id == id }) else { return nil }
            if view.rebuild != nil { return (view, false) }
            view.olderUntil = max(view.olderUntil ?? 0, last)
            view.rebuild = .init(total: total)
            let begun = view
            try store.write { try $0.save(begun) }
            return (begun, true)
        }
        guard let begun else { throw .unknownView(name: name, known: workflowSet.views.ids.keys.sorted()) }
        if begun.isNew {
            var fields: Logger.Metadata = ["VIEW": "\(name)", "SAGAS": "\(total)"]
            if let actor { fields["ACTOR_UID"] = "\(actor.uid)" }
            logger.notice("a view is rebuilt", metadata: fields)
        }
        rebuilding.yield()
        return ViewState(begun.view)
    }

    private func viewID(_ name: String) throws(EngineError) -> Int64 {
        let views = workflowSet.views
        guard let id = views.ids[name] else { throw .unknownView(name: name, known: views.ids.keys.sorted()) }
        return id
    }

    /// Says which views show what an older definition says, and lets a rebuild go on that the last process began.
    func tell(of views: WorkflowViews) {
        for name in views.older { logger.tell(.viewOlder, ["VIEW": "\(name)"]) }
        if views.isRebuilding { rebuilding.yield() }
    }
}
