import CEL
import SagaCore
import SagaStore

extension Writer {
    /// Starts a saga, or finds the one that the key belongs to.
    func start(
        _ command: StartCommand, wait: Wait?, _ transaction: borrowing WriteTransaction, _ now: Instant
    ) throws -> Handled {
        let (row, workflow) = try workflows.find(command.workflow, version: command.version)
        try wait?.check(in: workflow)
        if store.mark != nil {
            let words = InputWords(start: command, of: workflow)
            try refusePoison(words)
            deciding(words, of: nil)
        }
        defer { decided() }
        let start = StartSent(id: try newID(at: now), key: command.key, input: command.input, by: command.by)
        let decision: Decision
        phase.set(.deciding)
        do throws(Rejection) {
            decision = try Saga.start(start, in: workflow, at: now)
            phase.set(.writing)
        } catch {
            throw EngineError.rejected(error)
        }
        if let existing = try earlier(than: decision.saga, transaction.reading) {
            // It may be of another version.
            try wait?.check(in: existing.workflow)
            return Handled(verdict: .start(.existing), entry: existing)
        }
        let new = SagaRow(
            id: start.id, workflow: row, status: .running, state: "", due: nil, last: 0)
        let entry = Entry(saga: decision.saga, workflow: workflow, row: new, tags: [])
        let saved = try save(decision, over: entry, transaction, now)
        try handOver(to: saved.saga, transaction, now)
        return Handled(verdict: .start(.created), entry: find(start.id.number) ?? saved)
    }

    /// The saga that was there before with the key: a live one, or the last one when it was started with the same input, so that a
    /// start which is repeated because its answer was lost makes no second saga.
    private func earlier(than saga: Saga, _ reading: borrowing ReadTransaction) throws -> Entry? {
        // An id is given once.
        guard saga.key != saga.id.description else { return nil }
        guard let entry = try holder(of: saga.key, workflow: saga.workflow, reading) else { return nil }
        if entry.saga.input == saga.input { return entry }
        guard entry.saga.status.isEnded else {
            throw EngineError.keyConflict(key: saga.key, existing: entry.row.id)
        }
        return nil
    }

    /// The last saga that was started with a business key: the live one, or the newest of those that have ended.
    ///
    /// A key may be any text, also one that reads as an id or the beginning of one: who gives a key means a key, so that is looked for
    /// first. A saga without a key of its own is found by its id, which is its key.
    func holder(of key: String, workflow: String, _ reading: borrowing ReadTransaction) throws -> Entry? {
        let tag = Tag(kind: .key, name: workflow, value: key)
        let rows = workflows.rows(named: workflow)
        var newest: Entry?
        for row in try reading.sagas(workflows: rows, tag: tag, limit: 16) {
            let entry = try load(.number(row.id.number), reading)
            guard entry.saga.key == key else { continue }  // another key with the same hash
            newest = entry
            break
        }
        if let newest, newest.saga.end == nil { return newest }
        guard let id = SagaID(key), id.description == key, let row = try reading.saga(number: id.number), row.id == id,
            rows.contains(row.workflow)
        else { return newest }
        let own = try load(.number(id.number), reading)
        guard own.saga.key == key else { return newest }
        return own.saga.end == nil ? own : newest ?? own
    }

    /// Decides on an input of a saga that exists.
    func tell(
        _ target: Ask.Target, _ input: Input, wait: Wait? = nil, _ transaction: borrowing WriteTransaction,
        _ now: Instant
    ) throws -> Handled {
        let entry = try load(target, transaction.reading)
        try wait?.check(in: entry.workflow)
        if store.mark != nil { deciding(InputWords(input), of: entry) }
        defer { decided() }
        let decision: Decision
        phase.set(.deciding)
        do throws(Rejection) {
            decision = try decide(entry.saga, input, entry.workflow, now)
            phase.set(.writing)
        } catch {
            throw EngineError.rejected(error)
        }
        let saved = decision.records.isEmpty ? entry : try save(decision, over: entry, transaction, now)
        return Handled(verdict: .answer(decision.answer), entry: saved)
    }

    /// A call that was in flight when the last process ended has an unknown outcome (rule 7).
    func recover(_ number: Int64, _ transaction: borrowing WriteTransaction, _ now: Instant) throws -> Handled {
        let entry = try load(.number(number), transaction.reading)
        guard let attempt = entry.saga.attempt else { return Handled(verdict: .look, entry: entry) }
        let outcome = Outcome.unknown(message: "the daemon ended while the call was in flight")
        let ended = AttemptEnded(
            token: attempt.token, of: StepDirection(step: attempt.step, direction: attempt.direction),
            outcome: outcome)
        return try tell(.number(number), .attemptEnded(ended), transaction, now)
    }

    /// Writes what was decided: one history row, one saga row, and the tags that changed. The row of tries that end alike takes the place
    /// of those before it; it is written first, as the number of a row is never given twice.
    func save(
        _ decision: Decision, over entry: Entry, _ transaction: borrowing WriteTransaction, _ now: Instant
    ) throws -> Entry {
        let saga = decision.saga
        let isNew = entry.row.last == 0
        // The attributes are another version's now.
        let hasMoved = saga.digest != entry.saga.digest
        var row = entry.row
        let replaced = decision.kept < entry.saga.length ? entry.trail.filter { $0.before >= decision.kept } : []
        guard isNew || decision.kept == replaced.first?.before ?? entry.saga.length else {
            throw EngineError.broken(
                saga.id, message: "its history has no row that begins at record \(decision.kept + 1)")
        }
        let previous = replaced.first?.previous ?? row.last
        row.last = try transaction.append(
            RecordCodec.bytes(decision.records), saga: saga.id, previous: previous, at: now)
        for old in replaced { try transaction.remove(historyRow: old.row) }
        row.status = saga.status
        row.state = saga.state
        row.due = SagaRow.due(of: saga)
        if isNew { try transaction.insert(row) } else { try transaction.update(row) }
        var tags = entry.tags
        if isNew || entry.workflow.tagsMayChange || saga.isTaggedByFate || hasMoved {
            tags = saga.tags(in: entry.workflow)
            for tag in entry.tags where !tags.contains(tag) { try transaction.remove(tag: tag, from: saga.id) }
            for tag in tags where !entry.tags.contains(tag) { try transaction.add(tag: tag, to: saga.id) }
        }
        if entry.saga.stuck?.code == .poison, saga.stuck == nil { try transaction.clearSuspect(saga: saga.id.number) }
        let new = TrailRow(row: row.last, previous: previous, before: decision.kept)
        let trail = (entry.trail.filter { $0.before < decision.kept } + [new]).of(saga)
        let saved = Entry(saga: saga, workflow: entry.workflow, row: row, tags: tags, trail: trail)
        if effects.staged.updateValue(saved, forKey: saga.id.number) == nil { effects.order.append(saga.id.number) }
        effects.calls += decision.calls
        effects.changes.append(
            CommittedChange(saga: saga, workflow: entry.workflow, records: decision.records, at: now))
        return saved
    }
}

extension [TrailRow] {
    /// Those that the next record may take the place of.
    func of(_ saga: Saga) -> [TrailRow] {
        guard let first = saga.triesBegin else { return [] }
        return filter { $0.before >= first }
    }
}
