internal import GRDB
public import SagaCore

extension WriteTransaction {
    /// Keeps a job under its number, with its sagas in the order of their turns.
    public func add(_ job: JobRow, _ sagas: [SagaID]) throws {
        try db.execute(
            sql: """
                INSERT INTO job(id, act, words, uid, gid, pid, count, per, accepted, ended, total, position)
                VALUES(?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
                """,
            arguments: [
                job.id, job.act, try job.sealed(by: ring), job.by?.uid, job.by?.gid, job.by?.pid, job.count,
                job.per, job.acceptedAt.milliseconds, job.endedAt?.milliseconds, job.total, job.position,
            ])
        let statement = try db.cachedStatement(sql: "INSERT INTO job_saga(job, position, saga, low) VALUES(?, ?, ?, ?)")
        for (position, saga) in sagas.enumerated() {
            try statement.execute(arguments: [job.id, position, saga.number, Int64(bitPattern: saga.low)])
        }
    }

    /// Keeps what became of the saga whose turn it was, and the job as it is after that.
    public func turn(_ job: JobRow, _ saga: JobSagaRow) throws {
        try db.cachedStatement(sql: "UPDATE job_saga SET outcome = ?, message = ? WHERE job = ? AND position = ?")
            .execute(arguments: [saga.outcome?.rawValue, saga.message, job.id, saga.position])
        try db.cachedStatement(sql: "UPDATE job SET position = ?, ended = ? WHERE id = ?")
            .execute(arguments: [job.position, job.endedAt?.milliseconds, job.id])
    }
}
