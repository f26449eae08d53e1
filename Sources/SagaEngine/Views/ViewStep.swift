import SagaCore
import SagaStore

/// A small part of a rebuild: what the next sagas show in a view, as a reader found it. The loop writes it, but for sagas that have changed
/// since, whose own commits have written their rows.
struct ViewStep: Sendable {
    /// As it was read.
    var view: StoredView
    /// By which the rows are.
    var digests: [String: UInt64]
    var rows: [Row] = []
    /// How many sagas were looked at.
    var looked: Int64 = 0
    /// The number that the next step begins behind; `nil`: it is the last one.
    var next: Int64?

    struct Row: Sendable {
        var saga: SagaRow
        var change: Change
    }

    /// What became of it.
    enum Ending: Sendable {
        case written
        /// The rebuild is done, and has looked at so many sagas.
        case done(sagas: Int64)
        /// The definition or the rebuild is another one now: nothing was written.
        case outdated
    }

    /// Sagas that one step looks at.
    static let sagasMax = 32
    /// Bytes of rows after which it ends.
    static let bytesMax = 1 << 20

    /// Reads what the next sagas show. One that does not read, or whose version is no longer loaded, keeps the row that it has: nobody
    /// knows what it would show.
    init(of view: StoredView, in set: WorkflowSet, _ reading: borrowing ReadTransaction) throws {
        self.view = view
        digests = set.views.digests[view.id] ?? [:]
        let (sagas, upTo) = try reading.sagas(after: view.rebuild?.position ?? 0, limit: Self.sagasMax)
        next = upTo
        var bytes = 0
        var last: Int64?
        for saga in sagas {
            // What was started later is by the present definition.
            if let until = view.olderUntil, saga.id.number > until {
                next = nil
                return
            }
            if bytes >= Self.bytesMax {
                next = last
                return
            }
            looked += 1
            last = saga.id.number
            guard set.byRow[saga.workflow] != nil, let change = try change(of: saga, in: set, reading) else { continue }
            if case .shown(let row, _) = change { bytes += row.row.count }
            rows.append(Row(saga: saga, change: change))
        }
    }

    private func change(
        of saga: SagaRow, in set: WorkflowSet, _ reading: borrowing ReadTransaction
    ) throws -> Change? {
        guard set.views.byRow[saga.workflow]?.contains(where: { $0.id == view.id }) == true else {
            return .unshown(view: view.id, saga: saga.id.number)
        }
        let entry: Entry
        do {
            entry = try Entry(row: saga, workflows: set, reading)
        } catch EngineError.broken {
            return nil
        }
        let masker = Masker(for: entry.saga, in: entry.workflow)
        return entry.rows(in: set.views, masker).first { $0.view == view.id }.map {
            .shown($0, workflow: saga.workflow)
        }
    }
}

extension Writer {
    /// Writes a step of a rebuild, and how far the rebuild has come.
    func rebuild(_ step: ViewStep) throws(StoreError) -> ViewStep.Ending {
        let id = step.view.id
        let (stored, sagas) = try store.read { reading throws in
            let stored = try reading.views().first { $0.id == id }
            return (stored, try step.rows.map { try reading.saga(number: $0.saga.id.number) })
        }
        guard var view = stored, view == step.view, let rebuild = view.rebuild,
            workflows.views.digests[id] ?? [:] == step.digests
        else { return .outdated }
        if let next = step.next {
            view.rebuild?.position = next
            view.rebuild?.done += step.looked
        } else {
            view.rebuild = nil
            view.olderUntil = nil
        }
        let rows = zip(step.rows, sagas).filter { $0.saga == $1 }.map(\.0)
        let kept = view
        try store.write { transaction throws in
            for row in rows { try transaction.write(row.change) }
            try transaction.save(kept)
        }
        for row in rows { shownByOthers(row.saga.id.number) }
        return step.next == nil ? .done(sagas: rebuild.done + step.looked) : .written
    }
}
