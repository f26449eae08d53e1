internal import GRDB
public import SagaCore

extension WriteTransaction {
    /// Keeps a job with its sagas, in the order of their turns.
    /// - Returns: its id.
    public func add(_ job: JobRow, _ sagas: [SagaID]) throws -> Int64 {
        try db.execute(
            sql: """
                INSERT INTO job(act, reason, filter, uid, gid, pid, count, per, accepted, ended, total, position)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                job.act, try job.sealed(by: ring), "", job.by?.uid, job.by?.gid, job.by?.pid, job.count, job.per,
                job.acceptedAt.milliseconds, job.endedAt?.milliseconds, job.total, job.position,
            ])
        let id = db.lastInsertedRowID
        let statement = try db.cachedStatement(sql: "INSERT INTO job_saga(job, position, saga, low) VALUES(?, ?, ?, ?)")
        for (position, saga) in sagas.enumerated() {
            try statement.execute(arguments: [id, position, saga.number, Int64(bitPattern: saga.low)])
        }
        return id
    }

    /// Keeps what became of the saga whose turn it was, and that the next one's has come.
    public func finish(_ job: JobRow, _ saga: JobSagaRow, at now: Instant) throws {
        try db.cachedStatement(sql: "UPDATE job_saga SET outcome = ?, message = ? WHERE job = ? AND position = ?")
            .execute(arguments: [saga.outcome?.rawValue, saga.message, job.id, saga.position])
        let next = saga.position + 1
        try db.cachedStatement(sql: "UPDATE job SET position = ?, ended = ? WHERE id = ?")
            .execute(arguments: [next, next >= job.total ? now.milliseconds : nil, job.id])
    }
}
