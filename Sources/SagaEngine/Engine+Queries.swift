import CEL
public import SagaCore
import SagaStore

extension Engine {
    /// A page of a saga's history, in order: so many records and so many bytes at most, but for the records of one input, which stay
    /// together.
    /// - Parameter after: the number of the record behind which the page begins.
    /// - Throws: ``EngineError``.
    public func history(
        _ reference: SagaReference, after: Int = 0, limit: Int = Engine.pageMax
    ) async throws(EngineError) -> SagaHistory {
        let limit = min(max(1, limit), Self.pageMax)
        return try await read { [self] reading throws in
            let found = try entry(named: reference, reading)
            var page = SagaHistory(saga: found.saga, workflow: found.workflow, entries: [])
            var (number, bytes) = (0, 0)
            try reading.eachHistoryRow(of: found.row) { stored in
                if page.entries.count >= limit || bytes >= Self.pageBytesMax {
                    page.next = number
                    return false
                }
                for record in stored.records {
                    number += 1
                    if number > after {
                        page.entries.append(HistoryEntry(number: number, at: stored.at, record: record))
                    }
                }
                if number > after { bytes += stored.bytes }
                return true
            }
            return page
        }
    }

    /// Sagas that fit the filter, newest first. One that does not read is shown as stuck, with the reason.
    /// - Throws: ``EngineError``, also when none fits and the filter names what no workflow has.
    public func list(_ filter: SagaFilter) async throws(EngineError) -> SagaPage {
        let limit = min(max(1, filter.limit), Self.pageMax)
        // One tag finds the sagas; whether the others fit too is looked at below.
        let attribute = filter.attributes.first.map { Tag(kind: .attribute, name: $0.name, value: $0.value) }
        let key = filter.key.map { Tag(kind: .key, name: filter.workflow ?? "", value: $0) }
        let tag = filter.withAlarms ? .alarm : key ?? attribute
        let workflows = filter.workflow.map(workflowSet.rows(named:))
        let all = workflows ?? workflowSet.byRow.keys.sorted()
        let found = try await read { [self] reading throws in
            try Self.page(limit: limit, after: filter.after) { before, limit throws in
                if let serial = filter.serial {
                    return try reading.sagas(serial: serial, workflows: all)
                        .filter { $0.id.number < before && filter.fits($0) }.sorted { $0.id > $1.id }
                        .prefix(limit).map(\.self)
                }
                return try reading.sagas(
                    workflows: workflows, state: filter.state, status: filter.status, tag: tag, before: before,
                    limit: limit)
            } pick: { row throws -> (item: ListedSaga, bytes: Int)? in
                let (saga, bytes) = try listed(row, reading)
                guard Self.fits(saga, filter.attributes), filter.key.map({ $0 == saga.summary.key }) ?? true,
                    !filter.withAlarms || !saga.summary.alarms.isEmpty
                else {
                    return nil
                }
                return (saga, bytes)
            }
        }
        if found.items.isEmpty { try workflowSet.check(filter) }
        return SagaPage(sagas: found.items, next: found.next)
    }

    /// Picks from the rows, newest first, until the page is full, in number or in bytes, and one more row is known to be there.
    private static func page<T>(
        limit: Int, after: SagaID?, rows: (_ before: Int64, _ limit: Int) throws -> [SagaRow],
        pick: (SagaRow) throws -> (item: T, bytes: Int)?
    ) throws -> (items: [T], next: SagaID?) {
        var items: [T] = []
        var last = after
        var bytes = 0
        while true {
            let found = try rows(last?.number ?? .max, limit + 1)
            for row in found {
                if items.count == limit || bytes >= Self.pageBytesMax { return (items, last) }
                last = row.id
                guard let picked = try pick(row) else { continue }
                items.append(picked.item)
                bytes += picked.bytes
            }
            if found.count <= limit { return (items, nil) }
        }
    }

    /// A saga as it is listed: from what was written with its row, so that no history is read but of one that has nothing there that reads.
    func listed(_ row: SagaRow, _ reading: borrowing ReadTransaction) throws -> (saga: ListedSaga, bytes: Int) {
        if let bytes = (try? reading.summary(of: row)).flatMap(\.self),
            let summary = try? SagaSummary(bytes: bytes, of: row.id)
        {
            return (ListedSaga(row, summary), bytes.count)
        }
        let entry = try entry(of: row, reading)
        return (ListedSaga(entry), entry.saga.weight)
    }

    /// The saga that a reference names, as of the snapshot.
    /// - Throws: ``EngineError`` `notFound`, `ambiguous` or `broken`.
    func entry(named reference: SagaReference, _ reading: borrowing ReadTransaction) throws -> Entry {
        let row = try reading.row(named: reference)
        if let entry = longSagas.find(row) { return entry }
        let entry = try Entry(row: row, workflows: workflowSet, reading)
        longSagas.keep(entry)
        return entry
    }

    func entry(of row: SagaRow, _ reading: borrowing ReadTransaction) throws -> Entry {
        do {
            if let entry = longSagas.find(row) { return entry }
            let entry = try Entry(row: row, workflows: workflowSet, reading)
            longSagas.keep(entry)
            return entry
        } catch EngineError.broken(_, let message) {
            return try Entry(row, unreadable: message, workflow: workflowSet.byRow[row.workflow])
        }
    }

    /// The most that one page of a list, a view or a history holds.
    public static let pageMax = 1_000
    /// Bytes after which a page of a list, a view or a history ends.
    public static let pageBytesMax = 4 << 20

    /// Every workflow that is loaded or pinned by a live saga, by name and version, the highest version last.
    /// - Throws: ``EngineError``.
    public func workflows() async throws(EngineError) -> [WorkflowSummary] {
        let counts = try await read { try $0.liveCounts() }
        let sorted = workflowSet.byRow.sorted {
            ($0.value.name, VersionOrder($0.value.version)) < ($1.value.name, VersionOrder($1.value.version))
        }
        return sorted.map { row, workflow in
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
        let (counts, bytes, views) = try await read(isUrgent: true) {
            (try $0.liveCounts(), try $0.size(), try $0.views())
        }
        let known = workflowSet.views.ids
        let seal = try await onReader(isUrgent: true) { store throws(StoreError) in try store.sealStatus() }
        let gauges = gauges.current
        return EngineStatus(
            live: Dictionary(counts.map { ($0.status, $0.count) }, uniquingKeysWith: +), backlog: inbox.backlog,
            waits: gauges.waits, calls: dispatcher.counts, inputs: gauges.inputs, commits: gauges.commits,
            storeBytes: bytes, seal: seal, pruned: gauges.pruned,
            views: views.filter { $0.olderUntil != nil && known[$0.name] != nil }.map(ViewState.init),
            bytes: .init(inbox: inbox.bytes, cache: gauges.cacheBytes, early: gauges.earlyBytes),
            storeTrouble: gauges.trouble)
    }

    /// What a call of the saga waits for while its participant is away: without an attempt, and without a line of history.
    public func parking(of saga: SagaID) -> Parking? { dispatcher.parking(of: saga.number) }

    static func fits(_ saga: ListedSaga, _ attributes: [SagaFilter.Attribute]) -> Bool {
        let values = saga.summary.attributes
        return attributes.allSatisfy { wanted in
            values[wanted.name].map { Template.text(of: $0) == wanted.value } ?? false
        }
    }
}
