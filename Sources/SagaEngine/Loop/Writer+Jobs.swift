import SagaCore
import SagaStore

extension Writer {
    /// Keeps a job: from here on it is worked off, also by the next process.
    func accept(
        _ job: JobRow, _ sagas: [SagaID], _ transaction: borrowing WriteTransaction, _ now: Instant
    ) throws -> JobRow {
        guard try transaction.reading.openJobs().count < Engine.jobsMax else {
            throw EngineError.tooManyJobs(max: Engine.jobsMax)
        }
        var job = job
        job.acceptedAt = now
        if sagas.isEmpty { job.endedAt = now }
        job.id = try transaction.add(job, sagas)
        effects.jobs += 1
        return job
    }

    /// One saga of a job: its act and its result land together.
    func work(_ id: Int64, _ transaction: borrowing WriteTransaction, _ now: Instant) throws {
        guard let job = try transaction.reading.job(id), job.endedAt == nil,
            var item = try transaction.reading.sagas(ofJob: id, from: job.position, limit: 1).first
        else { return }
        let before = effects
        do {
            guard let act = JobCommand.Act(rawValue: job.act) else {
                throw EngineError.store(code: "unreadable", message: "job \(id) does '\(job.act)', which is not known")
            }
            let command = OperateCommand(act.act, reason: job.reason, by: job.by)
            try transaction.savepoint { _ = try operate(.number(item.saga.number), command, $0, now) }
            item.outcome = .done
        } catch let error as EngineError {
            effects = before
            (item.outcome, item.message) = Self.outcome(of: error)
            // Kept in a row that is not sealed.
            if let message = item.message, let entry = find(item.saga.number) {
                item.message = Masker(for: entry.saga, in: entry.workflow).masked(message)
            }
        } catch let error as StoreError where !error.concernsAll {
            effects = before
            (item.outcome, item.message) = (.failed, error.message)
        }
        try transaction.finish(job, item, at: now)
    }

    private static func outcome(of error: EngineError) -> (JobSagaRow.Outcome, String) {
        switch error {
        case .notNow(_, _, _, let reason): (.refused, reason)
        case .rejected(let rejection): (.refused, rejection.description)
        case .broken(_, let message), .store(_, let message): (.failed, message)
        case .notFound: (.failed, "it is gone")
        default: (.failed, "\(error)")
        }
    }
}
