import SagaStore

/// When the open jobs take their next steps, each by its own rate.
struct JobSchedule {
    private struct Pace {
        var job: Int64
        var count: Int64
        var per: Int64
        /// Since when, and how many steps since then.
        var anchor: Int64
        var made: Int64 = 0
        var left: Int64

        var due: Int64 { anchor + made * per / count }
    }

    private var paces: [Pace] = []

    /// When the next step is due.
    var next: Int64? { paces.lazy.map(\.due).min() }

    /// Begins, or goes on after a restart: what was not done meanwhile is not made up for in a burst.
    mutating func add(_ job: JobRow, at now: Int64) {
        guard job.endedAt == nil, job.position < job.total else { return }
        paces.append(
            Pace(job: job.id, count: job.count, per: job.per, anchor: now, left: job.total - job.position))
    }

    /// The jobs whose turn it is, `max` steps at most; one job may come several times.
    mutating func take(until now: Int64, max: Int) -> [Int64] {
        var taken: [Int64] = []
        for index in paces.indices {
            // After a pause of the machine or a jump of its clock the rate holds from here on.
            if now - paces[index].due > paces[index].per || paces[index].anchor > now {
                paces[index].anchor = now
                paces[index].made = 0
            }
            while taken.count < max, paces[index].left > 0, paces[index].due <= now {
                taken.append(paces[index].job)
                paces[index].made += 1
                paces[index].left -= 1
            }
        }
        paces.removeAll { $0.left == 0 }
        return taken
    }
}
