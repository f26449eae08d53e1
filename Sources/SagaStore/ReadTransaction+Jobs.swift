internal import GRDB
internal import SagaCore

extension ReadTransaction {
    private static let jobColumns =
        "id, act, reason, filter, uid, gid, pid, count, per, accepted, ended, total, position"

    private static func job(_ row: Row) -> JobRow? {
        guard let act = String.fromDatabaseValue(row[1]), let reason = String.fromDatabaseValue(row[2]),
            let filter = String.fromDatabaseValue(row[3]), let count = row.number(7), let per = row.number(8),
            let accepted = row.number(9), let total = row.number(11), let position = row.number(12), count > 0, per > 0
        else { return nil }
        var by: Actor?
        if let uid = row.number(4), let gid = row.number(5), let pid = row.number(6) {
            by = Actor(
                uid: UInt32(truncatingIfNeeded: uid), gid: UInt32(truncatingIfNeeded: gid),
                pid: Int32(truncatingIfNeeded: pid))
        }
        var job = JobRow(
            act: act, reason: reason, by: by, filter: filter, count: count, per: per,
            acceptedAt: Instant(milliseconds: accepted), total: total)
        job.id = row[0]
        job.endedAt = row.number(10).map { Instant(milliseconds: $0) }
        job.position = position
        return job
    }

    /// The job with that id, or `nil`; also when its row does not read.
    public func job(_ id: Int64) throws -> JobRow? {
        let statement = try db.cachedStatement(sql: "SELECT \(Self.jobColumns) FROM job WHERE id = ?")
        return try Row.fetchOne(statement, arguments: [id]).flatMap(Self.job)
    }

    /// Jobs, newest first.
    public func jobs(before: Int64 = .max, limit: Int) throws -> [JobRow] {
        try Row.fetchAll(
            db, sql: "SELECT \(Self.jobColumns) FROM job WHERE id < ? ORDER BY id DESC LIMIT ?",
            arguments: [before, limit]
        ).compactMap(Self.job)
    }

    /// The jobs that are not done, oldest first.
    public func openJobs() throws -> [JobRow] {
        try Row.fetchAll(db, sql: "SELECT \(Self.jobColumns) FROM job WHERE ended IS NULL ORDER BY id")
            .compactMap(Self.job)
    }

    /// The sagas of a job from a place on, in order.
    public func sagas(ofJob job: Int64, from position: Int64, limit: Int) throws -> [JobSagaRow] {
        let statement = try db.cachedStatement(
            sql: """
                SELECT position, saga, low, outcome, message FROM job_saga WHERE job = ? AND position >= ?
                ORDER BY position LIMIT ?
                """)
        return try Row.fetchAll(statement, arguments: [job, position, limit]).compactMap { row in
            guard let place = row.number(0), let saga = row.number(1), let low = row.number(2) else { return nil }
            return JobSagaRow(
                position: place, saga: SagaID(high: SagaID.high(number: saga), low: UInt64(bitPattern: low)),
                outcome: row.number(3).flatMap { UInt8(exactly: $0) }.flatMap(JobSagaRow.Outcome.init(rawValue:)),
                message: String.fromDatabaseValue(row[4]))
        }
    }

    /// How many sagas of a job have come to which outcome.
    public func outcomes(ofJob job: Int64) throws -> [JobSagaRow.Outcome: Int] {
        let rows = try Row.fetchAll(
            db, sql: "SELECT outcome, count(*) FROM job_saga WHERE job = ? AND outcome IS NOT NULL GROUP BY outcome",
            arguments: [job])
        var counts: [JobSagaRow.Outcome: Int] = [:]
        for row in rows {
            guard let raw = row.number(0).flatMap({ UInt8(exactly: $0) }),
                let outcome = JobSagaRow.Outcome(rawValue: raw)
            else { continue }
            counts[outcome] = row[1]
        }
        return counts
    }
}

extension Row {
    fileprivate func number(_ index: Int) -> Int64? { Int64.fromDatabaseValue(self[index]) }
}
