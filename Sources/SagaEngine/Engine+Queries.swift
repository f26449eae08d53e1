import CEL
public import SagaCore
import SagaStore

extension Engine {
    /// A saga's history, in order.
    /// - Throws: ``EngineError``.
    public func history(_ reference: SagaReference) async throws(EngineError) -> SagaHistory {
        let id = try await look(reference).saga.id
        return try store.reading { reading throws in
            guard let row = try reading.saga(number: id.number), let workflow = workflowSet.byRow[row.workflow] else {
                throw EngineError.notFound(reference: reference.description)
            }
            var entries: [HistoryEntry] = []
            for stored in try reading.history(of: row) {
                for record in stored.records {
                    entries.append(HistoryEntry(number: entries.count + 1, at: stored.at, record: record))
                }
            }
            let saga = try Saga.fold(entries.map { (at: $0.at, record: $0.record) })
            return SagaHistory(saga: saga, workflow: workflow, entries: entries)
        }
    }

    /// Sagas that fit the filter, newest first.
    /// - Throws: ``EngineError``.
    public func list(_ filter: SagaFilter) async throws(EngineError) -> SagaPage {
        let limit = min(max(1, filter.limit), Self.pageMax)
        return try store.reading { reading throws in
            var page = SagaPage(sagas: [], next: nil)
            var before = filter.after?.number ?? .max
            while page.sagas.count < limit {
                let tag = filter.attributes.first.map { Tag(kind: .attribute, name: $0.name, value: $0.value) }
                let rows = try reading.sagas(
                    workflows: filter.workflow.map(workflowSet.rows(named:)), state: filter.state,
                    status: filter.status,
                    tag: tag, before: before, limit: limit)
                for row in rows where page.sagas.count < limit {
                    before = row.id.number
                    guard let entry = try? Entry(row: row, workflows: workflowSet, reading) else { continue }
                    if Self.fits(entry, filter.attributes) { page.sagas.append((entry.saga, entry.workflow)) }
                }
                if rows.count < limit { return page }
            }
            page.next = page.sagas.last?.saga.id
            return page
        }
    }

    /// Rows of a view, of all keys or one.
    /// - Throws: ``EngineError/unknownView(name:known:)`` and others.
    public func view(
        _ name: String, key: String? = nil, limit: Int = 100, after: SagaID? = nil
    ) async throws(EngineError) -> ViewPage {
        let having = workflowSet.byRow.filter { $0.value.views.contains { $0.name == name } }
        guard !having.isEmpty else {
            let known = Set(workflowSet.byRow.values.flatMap { $0.views.map(\.name) }).sorted()
            throw .unknownView(name: name, known: known)
        }
        let limit = min(max(1, limit), Self.pageMax)
        return try store.reading { reading throws in
            var page = ViewPage(rows: [], next: nil)
            var before = after?.number ?? .max
            while page.rows.count < limit {
                let tag = key.map { Tag(kind: .view, name: name, value: $0) }
                let rows = try reading.sagas(
                    workflows: having.keys.sorted(), tag: tag, before: before, limit: limit)
                for row in rows where page.rows.count < limit {
                    before = row.id.number
                    guard let entry = try? Entry(row: row, workflows: workflowSet, reading),
                        let view = entry.workflow.views.first(where: { $0.name == name }),
                        let found = entry.saga.row(of: view), key == nil || found.key == key
                    else { continue }
                    // A secret may have travelled: into a result, and from there into a variable.
                    let masker = Masker(for: entry.saga, in: entry.workflow)
                    page.rows.append(
                        ViewPage.Row(saga: row.id, key: masker.masked(found.key), row: masker.masked(found.row)))
                }
                if rows.count < limit { return page }
            }
            page.next = page.rows.last?.saga
            return page
        }
    }

    /// The most that one page of a list or a view holds.
    public static let pageMax = 1_000

    /// Every workflow that is loaded or pinned by a live saga.
    /// - Throws: ``EngineError``.
    public func workflows() async throws(EngineError) -> [WorkflowSummary] {
        let counts = try store.reading { try $0.liveCounts() }
        return workflowSet.byRow.sorted { ($0.value.name, $0.key) < ($1.value.name, $1.key) }.map { row, workflow in
            WorkflowSummary(
                name: workflow.name, version: workflow.version, digest: workflow.digest, summary: workflow.summary,
                isCurrent: workflowSet.current[workflow.name] == row,
                liveSagas: counts.filter { $0.workflow == row }.reduce(0) { $0 + $1.count })
        }
    }

    /// The current version of a workflow, or `nil`.
    public func workflow(_ name: String) -> Workflow? {
        workflowSet.current[name].flatMap { workflowSet.byRow[$0] }
    }

    /// How the engine is doing.
    /// - Throws: ``EngineError`` when the store cannot be read.
    public func status() async throws(EngineError) -> EngineStatus {
        let (counts, bytes) = try store.reading { (try $0.liveCounts(), try $0.size()) }
        let gauges = gauges.current
        return EngineStatus(
            live: Dictionary(counts.map { ($0.status, $0.count) }, uniquingKeysWith: +), backlog: inbox.backlog,
            waits: gauges.waits, calls: dispatcher.counts, inputs: gauges.inputs, commits: gauges.commits,
            storeBytes: bytes,
            storeTrouble: gauges.trouble)
    }

    private static func fits(_ entry: Entry, _ attributes: [SagaFilter.Attribute]) -> Bool {
        let values = entry.saga.attributes(in: entry.workflow)
        return attributes.allSatisfy { wanted in
            values[wanted.name].map { Template.text(of: $0) == wanted.value } ?? false
        }
    }
}
