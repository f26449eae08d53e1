internal import GRDB
public import SagaCore

/// Lists: what is rare is found without looking at what is common.
extension ReadTransaction {
    /// Sagas, newest first.
    ///
    /// The rows come in sorted runs: one for each status, workflow and state that there are and that fit (the index `saga_find` names them
    /// and holds each in the order of the numbers), or the one of a tag. The runs are merged, so a page costs its own length and the
    /// number of runs, however many other sagas the store holds. With a tag, all that have it are looked through for the rest.
    /// - Parameters:
    ///   - before: only numbers below it.
    ///   - tag: only those that had the tag when it was hashed; the caller checks the value.
    ///   - unended: only the live ones, and of the ended ones at most those with a tag.
    public func sagas(
        workflows: [Int64]? = nil, state: String? = nil, status: Status? = nil, tag: Tag? = nil,
        unended: Unended? = nil, before: Int64 = .max, limit: Int
    ) throws -> [SagaRow] {
        guard limit > 0 else { return [] }
        let filter = RunFilter(workflows: workflows, state: state, status: status, tag: tag, unended: unended)
        let sources = try sources(of: filter)
        let share = limit / max(1, sources.count) + 1
        var runs = sources.map { Run($0, filter, before: before, share: min(limit, max(share, 8)), max: limit) }
        var found: [SagaRow] = []
        var last: Int64?
        while found.count < limit {
            var newest: (run: Int, number: Int64)?
            for index in runs.indices {
                guard let number = try runs[index].next(self) else { continue }
                if newest.map({ number > $0.number }) ?? true { newest = (index, number) }
            }
            guard let newest, let row = runs[newest.run].take() else { break }
            // Two runs may have the same saga: a live one that has the tag.
            defer { last = newest.number }
            if last != newest.number, let row = try? Self.row(row) { found.append(row) }
        }
        return found
    }

    /// Which sagas a list has beside the live ones.
    public enum Unended: Sendable, Hashable {
        /// None.
        case only
        /// The ended ones that have the tag.
        case or(Tag)
    }

    private func sources(of filter: RunFilter) throws -> [Run.Source] {
        if let tag = filter.tag { return [.tagged(tag)] }
        if filter.isEmpty { return [.all] }
        var sources = try places(in: filter.statuses).filter(filter.fits).map(Run.Source.place)
        if case .or(let tag) = filter.unended { sources.append(.tagged(tag)) }
        return sources
    }

    /// Each status, workflow and state that some saga has, by one step in the index for each; those of other types, as damaged rows have
    /// them, are passed over.
    private func places(in statuses: ClosedRange<Int64>) throws -> [RunPlace] {
        let columns = "SELECT status, workflow, state FROM saga INDEXED BY saga_find WHERE"
        let order = "ORDER BY status, workflow, state LIMIT 1"
        let first = try db.cachedStatement(sql: "\(columns) status >= ? \(order)")
        // Not by `(status, workflow, state) > (?, ?, ?)`: SQLite then goes through all that are equal.
        let further = try ["status = ? AND workflow = ? AND state > ?", "status = ? AND workflow > ?", "status > ?"]
            .map { try db.cachedStatement(sql: "\(columns) \($0) \(order)") }
        var places: [RunPlace] = []
        var found = try Row.fetchOne(first, arguments: [statuses.lowerBound])
        while let row = found {
            // Numbers come first in an index, and texts and blobs behind them.
            if let status = row.integer(0), status > statuses.upperBound { break }
            if let status = row.integer(0), let workflow = row.integer(1), let state = String.fromDatabaseValue(row[2])
            {
                places.append(RunPlace(status: status, workflow: workflow, state: state))
            }
            let values: [DatabaseValue] = [row[0], row[1], row[2]]
            found = nil
            for (statement, count) in zip(further, [3, 2, 1]) where found == nil {
                found = try Row.fetchOne(statement, arguments: StatementArguments(values.prefix(count)))
            }
        }
        return places
    }
}

/// Where sagas stand that a list looks for together.
private struct RunPlace {
    var status: Int64
    var workflow: Int64
    var state: String
}

/// What a list asks for.
private struct RunFilter {
    var workflows: [Int64]?
    var state: String?
    var status: Status?
    var tag: Tag?
    var unended: ReadTransaction.Unended?

    var isEmpty: Bool { workflows == nil && state == nil && status == nil && unended == nil }

    /// Those that may fit.
    var statuses: ClosedRange<Int64> {
        if let status { return Int64(status.rawValue)...Int64(status.rawValue) }
        return unended == nil ? .min ... .max : .min...Int64(Status.succeeded.rawValue) - 1
    }

    func fits(_ place: RunPlace) -> Bool {
        if let workflows, !workflows.contains(place.workflow) { return false }
        return state.map { $0 == place.state } ?? true
    }

    /// What the rows must fulfil that a tag finds.
    var condition: (sql: String, arguments: StatementArguments) {
        var sql = ""
        var arguments: StatementArguments = []
        // What `.or` adds is the run of its tag itself.
        if case .only = unended { sql += " AND due IS NOT NULL" }
        if tag != nil, case .or(let other) = unended {
            sql += " AND (due IS NOT NULL OR number IN (SELECT saga FROM tag WHERE hash = ?))"
            arguments += [other.number]
        }
        if let workflows { sql += " AND workflow IN (\(workflows.map(String.init).joined(separator: ",")))" }
        if let state {
            sql += " AND state = ?"
            arguments += [state]
        }
        if let status {
            sql += " AND status = ?"
            arguments += [status.rawValue]
        }
        return (sql, arguments)
    }
}

/// Rows of one source, newest first, some at a time.
private struct Run {
    enum Source {
        case all
        case place(RunPlace)
        case tagged(Tag)
    }

    private let sql: String
    private let arguments: StatementArguments
    private let max: Int
    private var before: Int64
    /// How many are read at once; doubled each time.
    private var share: Int
    private var rows: ArraySlice<Row> = []
    private var isOver = false

    init(_ source: Source, _ filter: RunFilter, before: Int64, share: Int, max: Int) {
        let columns = "SELECT \(ReadTransaction.columns) FROM"
        switch source {
        case .all:
            (sql, arguments) = ("\(columns) saga WHERE number < ? ORDER BY number DESC LIMIT ?", [])
        case .place(let place):
            let live = filter.unended == nil ? "" : " AND due IS NOT NULL"
            sql = """
                \(columns) saga INDEXED BY saga_find
                WHERE status = ? AND workflow = ? AND state = ?\(live) AND number < ? ORDER BY number DESC LIMIT ?
                """
            arguments = [place.status, place.workflow, place.state]
        case .tagged(let tag):
            let condition = filter.condition
            // In this order: SQLite would rather go through all sagas, as these are in order already.
            sql = """
                \(columns) tag CROSS JOIN saga ON number = tag.saga
                WHERE tag.hash = ?\(condition.sql) AND tag.saga < ? ORDER BY tag.saga DESC LIMIT ?
                """
            arguments = [tag.number] + condition.arguments
        }
        (self.before, self.share, self.max) = (before, share, max)
    }

    /// The number of the row that comes next; `nil` at the end.
    mutating func next(_ reading: borrowing ReadTransaction) throws -> Int64? {
        if rows.isEmpty, !isOver {
            let statement = try reading.db.cachedStatement(sql: sql)
            let found = try Row.fetchAll(statement, arguments: arguments + [before, share])
            rows = found[...]
            isOver = found.count < share
            before = found.last?.integer(0) ?? before
            share = min(share * 2, Swift.max(max, share))
        }
        return rows.first?.integer(0)
    }

    mutating func take() -> Row? { rows.popFirst() }
}
