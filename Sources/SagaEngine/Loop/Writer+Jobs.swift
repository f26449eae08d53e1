import SagaCore
import SagaStore

extension Writer {
    /// Keeps a job: from here on it is worked off, also by the next process.
    func accept(_ job: JobRow, _ sagas: [SagaID], _ now: Instant) throws(EngineError) -> JobRow {
        guard batch.openJobs < Engine.jobsMax else { throw .tooManyJobs(max: Engine.jobsMax) }
        var job = job
        last.job += 1
        job.id = last.job
        job.acceptedAt = now
        if sagas.isEmpty { job.endedAt = now }
        batch.now.jobs[job.id] = job
        batch.now.rows.append(.accepted(job, sagas))
        return job
    }

    /// One saga of a job: its act and its result land together.
    func work(_ id: Int64, _ now: Instant) throws(EngineError) -> Done {
        guard var job = batch.job(id), var item = batch.turn(of: job) else { return .worked }
        do throws(EngineError) {
            guard let act = OperateCommand.Act(named: job.act) else {
                throw .store(code: "unreadable", message: "job \(id) does '\(job.act)', which is not known")
            }
            let command = OperateCommand(act, reason: job.reason, by: job.by)
            _ = try operate(.number(item.saga.number), command, now)
            item.outcome = .done
        } catch {
            // The act failed, and its saga keeps nothing of it; the turn is over all the same.
            batch.now = Batch.Staging()
            (item.outcome, item.message) = Self.outcome(of: error)
            // Kept in a row that is not sealed.
            if let message = item.message, let entry = try? batch.find(item.saga.number) {
                item.message = Masker(for: entry.saga, in: entry.workflow).masked(message)
            }
        }
        job.position = item.position
        job.turn(at: now)
        batch.now.jobs[id] = job
        batch.now.rows.append(.turned(job, item))
        return .worked
    }

    private static func outcome(of error: EngineError) -> (JobSagaRow.ActOutcome, String) {
        switch error {
        case .notNow(_, _, _, let reason): (.refused, reason)
        case .rejected(let rejection): (.refused, rejection.description)
        case .broken(_, let message), .store(_, let message): (.failed, message)
        case .notFound: (.failed, "it is gone")
        default: (.failed, "\(error)")
        }
    }
}
