import CEL
public import SagaCore
import SagaStore

extension Engine {
    /// The most sagas that one job has: more is a table that nobody reads.
    public static let jobSagasMax = 100_000
    /// Jobs that may be under way at once.
    public static let jobsMax = 16

    /// The sagas that a job would have, oldest first.
    /// - Throws: ``EngineError/tooManySagas(max:)`` and others, also when none fits and the filter names what no workflow has.
    public func sagas(for command: JobCommand) async throws(EngineError) -> [SagaID] {
        let filter = command.filter
        let tag = filter.attributes.first.map { Tag(kind: .attribute, name: $0.name, value: $0.value) }
        let workflows = filter.workflow.map(workflowSet.rows(named:))
        let found: [SagaID] = try await read { [self] reading throws in
            var found: [SagaID] = []
            var before = Int64.max
            while true {
                let rows = try reading.sagas(
                    workflows: workflows, state: filter.state, status: filter.status, tag: tag, unended: .only,
                    before: before, limit: Self.pageMax)
                for row in rows where try fits(row, filter, reading) { found.append(row.id) }
                guard found.count <= Self.jobSagasMax else { throw EngineError.tooManySagas(max: Self.jobSagasMax) }
                guard rows.count == Self.pageMax, let last = rows.last else { return found.reversed() }
                before = last.id.number
            }
        }
        if found.isEmpty { try workflowSet.check(filter) }
        return found
    }

    private func fits(
        _ row: SagaRow, _ filter: SagaFilter, _ reading: borrowing ReadTransaction
    ) throws -> Bool {
        if filter.attributes.isEmpty { return true }
        return Self.fits(try listed(row, reading).saga, filter.attributes)
    }

    /// Accepts a job; it is durable when this returns, and its sagas are fixed.
    /// - Throws: ``EngineError``.
    public func accept(_ command: JobCommand) async throws(EngineError) -> Job {
        let reason = try OperateCommand.checked(command.reason)
        let sagas = try await sagas(for: command)
        let row = JobRow(
            act: command.act.rawValue, reason: reason, by: command.by,
            filter: JSON.string(.map(command.filter.shown)), count: command.rate.count, per: command.rate.per,
            acceptedAt: Instant(milliseconds: 0), total: Int64(sagas.count))
        return Job(try await send(.accept(row, sagas)), [:])
    }

    /// Jobs, newest first.
    /// - Throws: ``EngineError``.
    public func jobs(limit: Int = 100, after: Int64? = nil) async throws(EngineError) -> (jobs: [Job], next: Int64?) {
        let limit = min(max(1, limit), Self.pageMax)
        return try await read { reading throws in
            let rows = try reading.jobs(before: after ?? .max, limit: limit + 1)
            let jobs = try rows.prefix(limit).map { Job($0, try reading.outcomes(ofJob: $0.id)) }
            return (jobs, rows.count > limit ? rows[limit - 1].id : nil)
        }
    }

    /// A job with some of its sagas, from a place on.
    /// - Throws: ``EngineError/unknownJob(_:)`` and others.
    public func job(_ id: Int64, limit: Int = 100, after: Int = 0) async throws(EngineError) -> JobPage {
        let limit = min(max(1, limit), Self.pageMax)
        return try await read { reading throws in
            guard let row = try reading.job(id) else { throw EngineError.unknownJob(id) }
            let sagas = try reading.sagas(ofJob: id, from: Int64(after), limit: limit + 1)
            let items = sagas.prefix(limit).map { item in
                JobPage.Item(saga: item.saga, outcome: item.outcome?.name ?? "left", message: item.message)
            }
            return JobPage(
                job: Job(row, try reading.outcomes(ofJob: id)), items: items,
                next: sagas.count > limit ? Int(sagas[limit].position) : nil)
        }
    }
}

extension JobSagaRow.ActOutcome {
    fileprivate var name: String {
        switch self {
        case .done: "done"
        case .refused: "refused"
        case .failed: "failed"
        }
    }
}

extension SagaFilter {
    /// For people who look at a job later.
    fileprivate var shown: MapValue {
        var map = MapValue()
        map["workflow"] = workflow.map { .string($0) }
        map["state"] = state.map { .string($0) }
        map["status"] = status.map { .string($0.name) }
        if !attributes.isEmpty { map["where"] = .list(attributes.map { .string("\($0.name):\($0.value)") }) }
        return map
    }
}
