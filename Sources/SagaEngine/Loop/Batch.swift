import SagaCore
import SagaStore

/// What a batch of orders knows and does, in memory: what was fetched for it, over that what its orders have staged, and over that what the
/// order at hand stages. An order that fails has its staging dropped; each sees all that was staged before it.
struct Batch {
    /// What follows from an order, and is visible outside with the commit.
    struct Staging {
        var sagas: [Int64: Entry] = [:]
        /// The numbers of `sagas`, in the order of the changes: the same input gives the same calls on every run.
        var order: [Int64] = []
        var new: Set<Int64> = []
        var keys: [BusinessKey: Int64] = [:]
        /// What waits for the saga of a key then.
        var early: [BusinessKey: [EarlySignal]] = [:]
        /// Jobs as they are then; `nil` for one that is over.
        var jobs: [Int64: JobRow] = [:]
        /// All but the rows of sagas.
        var rows: [Change] = []
        var changes: [CommittedChange] = []
        var calls: [Call] = []
        /// How many signals more wait for their sagas; below 0 for fewer.
        var kept = 0
        /// The same in bytes.
        var keptBytes = 0
        var lost: [LostSignal] = []

        mutating func stage(_ entry: Entry, isNew: Bool) {
            let number = entry.row.id.number
            if sagas.updateValue(entry, forKey: number) == nil { order.append(number) }
            if isNew { new.insert(number) }
        }
    }

    private var known: [Int64: Entry] = [:]
    private var unreadable: [Int64: EngineError] = [:]
    private var fetched = Fetched()
    /// Whether a saga that does not read is put aside.
    private(set) var putsAside = false
    /// Of the orders before.
    private(set) var done = Staging()
    /// Of the order at hand.
    var now = Staging()

    mutating func know(_ entry: Entry) { known[entry.row.id.number] = entry }

    mutating func knowUnreadable(_ number: Int64, _ error: EngineError) { unreadable[number] = error }

    mutating func take(_ fetched: Fetched) { self.fetched = fetched }

    /// - Throws: ``EngineError/broken(_:message:)`` for one that does not read.
    func find(_ number: Int64) throws(EngineError) -> Entry? {
        if let entry = now.sagas[number] ?? done.sagas[number] ?? known[number] { return entry }
        if let error = unreadable[number] { throw error }
        return nil
    }

    /// The saga's row as it was before the batch; `nil` when it was not there.
    func rowBefore(_ number: Int64) -> SagaRow? { known[number]?.row }

    func numbers(of prefix: SagaID.Prefix) -> [Int64] {
        // One that was started in this batch has an id that nobody was told yet.
        fetched.prefixes[prefix] ?? []
    }

    func holder(of key: BusinessKey) -> Int64? { now.keys[key] ?? done.keys[key] ?? fetched.keys[key] }

    func early(_ key: BusinessKey) -> [EarlySignal] {
        now.early[key] ?? done.early[key] ?? fetched.early[key] ?? []
    }

    /// A job that is not over, as it is after the turns before.
    func job(_ id: Int64) -> JobRow? {
        guard let job = now.jobs[id] ?? done.jobs[id] ?? fetched.jobs[id]?.job, job.endedAt == nil else { return nil }
        return job
    }

    /// The saga of a job whose turn it is.
    func turn(of job: JobRow) -> JobSagaRow? {
        fetched.jobs[job.id]?.next.first { $0.position >= job.position }
    }

    var openJobs: Int {
        var open = fetched.openJobs
        for job in done.jobs.values { if job.endedAt == nil { open.insert(job.id) } else { open.remove(job.id) } }
        return open.count
    }

    /// How many signals more wait than before the batch.
    var kept: Int { done.kept + now.kept }

    /// The same in bytes.
    var keptBytes: Int { done.keptBytes + now.keptBytes }

    /// The order at hand is carried out.
    mutating func settle() {
        guard !now.rows.isEmpty || !now.order.isEmpty else {
            now = Staging()
            return
        }
        for number in now.order { if let entry = now.sagas[number] { done.stage(entry, isNew: false) } }
        done.new.formUnion(now.new)
        done.keys.merge(now.keys) { $1 }
        done.early.merge(now.early) { $1 }
        done.jobs.merge(now.jobs) { $1 }
        done.rows += now.rows
        done.changes += now.changes
        done.calls += now.calls
        done.kept += now.kept
        done.keptBytes += now.keptBytes
        done.lost += now.lost
        now = Staging()
    }

    /// The order at hand failed: nothing of it is left, but that a saga which does not read is put aside.
    mutating func drop(after error: EngineError) {
        now = Staging()
        guard case .broken(let id, _) = error else { return }
        done.rows.append(.putAside(saga: id.number))
        putsAside = true
    }

    /// What is to be written of the sagas that were changed: once each, as they are now.
    private var shown: [Change] = []

    /// All orders are decided: says what is to be written of each saga.
    mutating func show(_ changes: (inout Entry, _ isNew: Bool) -> [Change]) {
        shown = []
        for number in done.order {
            guard var entry = done.sagas[number] else { continue }
            shown += changes(&entry, done.new.contains(number))
            done.sagas[number] = entry
        }
    }

    /// What is to be written.
    var rows: [Change] { shown + done.rows }

    /// The sagas that were changed, as they are now.
    var changed: [Entry] { done.order.compactMap { done.sagas[$0] } }

    /// Whether nothing is to be written but that sagas are put aside.
    var onlyPutsAside: Bool {
        done.order.isEmpty && done.rows.allSatisfy { if case .putAside = $0 { true } else { false } }
    }
}
