import CEL
import SagaCore
import SagaStore

/// What is stored of what a saga shows, with what the next commit needs to tell it from what the saga shows then.
struct Shown: Sendable {
    /// In the views that it is shown in.
    var rows: [ViewRow] = []
    /// In lists; `nil` when another version of its workflow said it.
    var summary: SagaSummary?
    /// Of its secrets, which its start has said for good; `nil` where that is too large to be kept.
    var masker: Masker?

    /// The same saga goes on by another version of its workflow.
    var moved: Shown { Shown(rows: rows) }
}

extension Writer {
    /// What is to be written of a saga that was changed: its row with what lists show of it, and what it shows in views where that is
    /// another than before.
    func changes(of entry: inout Entry, isNew: Bool) -> [Change] {
        let masker = entry.shown?.masker ?? Masker(for: entry.saga, in: entry.workflow)
        let summary = SagaSummary(
            of: entry.saga, in: entry.workflow, masker: masker, former: entry.shown?.summary)
        let bytes = summary.bytes(of: entry.row.id)
        var changes: [Change] = [
            isNew ? .insert(entry.row, summary: bytes) : .update(entry.row, summary: bytes)
        ]
        let rows = entry.rows(in: workflows.views, masker)
        let before = entry.shown?.rows
        for row in rows where before?.contains(row) != true {
            changes.append(.shown(row, workflow: entry.row.workflow))
        }
        let views = before?.map(\.view) ?? workflows.views.ids(of: entry.saga.workflow)
        for view in views where !rows.contains(where: { $0.view == view }) {
            changes.append(.unshown(view: view, saga: entry.row.id.number))
        }
        entry.shown = Shown(rows: rows, summary: summary, masker: masker.isLarge ? nil : masker)
        return changes
    }
}

extension WorkflowViews {
    /// Those in which a saga of the workflow may have a row.
    func ids(of workflow: String) -> [Int64] {
        digests.filter { $0.value[workflow] != nil }.map(\.key).sorted()
    }
}

extension Entry {
    /// What the saga shows in the views that it is shown in.
    func rows(in views: WorkflowViews, _ masker: Masker) -> [ViewRow] {
        (views.byRow[row.workflow] ?? []).map { shown in
            let found = saga.row(of: shown.view)
            var key: String?
            if case .found(let text) = found.key { key = text }
            // A secret may have travelled: into a result, and from there into a variable.
            return ViewRow(
                view: shown.id, saga: row.id, key: key, shownKey: masker.masked(found.key.text),
                row: JSON.bytes(masker.masked(found.row)))
        }
    }
}
