import CEL
import SagaCore
import SagaStore

extension Writer {
    /// Starts a saga, or finds the one that the key belongs to.
    func start(_ command: StartCommand, wait: Wait?, _ now: Instant) throws(EngineError) -> Handled {
        let (row, workflow) = try workflows.find(command.workflow, version: command.version)
        try wait?.check(in: workflow)
        if store.mark != nil {
            let words = InputWords(start: command, of: workflow)
            try refusePoison(words)
            deciding(words, of: nil)
        }
        defer { decided() }
        let start = StartSent(
            id: try newID(at: now), serial: try nextSerial(of: workflow.name), key: command.key, input: command.input,
            by: command.by)
        let decision: Decision
        phase.set(.deciding)
        do throws(Rejection) {
            decision = try Saga.start(start, in: workflow, at: now)
        } catch {
            throw .rejected(error)
        }
        if let existing = try earlier(than: decision.saga) {
            // It may be of another version.
            try wait?.check(in: existing.workflow)
            return Handled(verdict: .start(.existing), entry: existing)
        }
        let new = SagaRow(
            id: start.id, workflow: row, status: .running, state: "", due: nil, last: 0, serial: start.serial)
        let entry = Entry(saga: decision.saga, workflow: workflow, row: new, tags: [], shown: Shown())
        let saved = try save(decision, over: entry, now)
        last.serials[workflow.name] = start.serial
        try handOver(to: saved.saga, now)
        return Handled(verdict: .start(.created), entry: try batch.find(start.id.number) ?? saved)
    }

    /// The saga that was there before with the key: a live one, or the last one when it was started with the same input, so that a
    /// start which is repeated because its answer was lost makes no second saga.
    private func earlier(than saga: Saga) throws(EngineError) -> Entry? {
        // An id is given once.
        guard saga.key != saga.id.description else { return nil }
        guard let entry = try holder(of: BusinessKey(workflow: saga.workflow, key: saga.key)) else { return nil }
        if entry.saga.input == saga.input { return entry }
        guard entry.saga.status.isEnded else {
            throw .keyConflict(key: saga.key, existing: entry.row.id)
        }
        return nil
    }

    /// The last saga that was started with a business key: the live one, or the newest of those that have ended.
    ///
    /// A key may be any text, also one that reads as an id or the beginning of one: who gives a key means a key, so that is looked for
    /// first. A saga without a key of its own is found by its id, which is its key.
    func holder(of key: BusinessKey) throws(EngineError) -> Entry? {
        var newest: Entry?
        if let number = batch.holder(of: key) { newest = try batch.find(number) }
        if let newest, newest.saga.end == nil { return newest }
        guard let id = SagaID(key.key), id.description == key.key, let own = try batch.find(id.number),
            own.row.id == id, own.saga.workflow == key.workflow, own.saga.key == key.key
        else { return newest }
        return own.saga.end == nil ? own : newest ?? own
    }

    /// Decides on an input of a saga that exists.
    func tell(
        _ target: Ask.Target, _ input: Input, wait: Wait? = nil, _ now: Instant
    ) throws(EngineError) -> Handled {
        var entry = try load(target)
        try wait?.check(in: entry.workflow)
        if store.mark != nil { deciding(InputWords(input), of: entry) }
        defer { decided() }
        var decision: Decision
        phase.set(.deciding)
        do throws(Rejection) {
            decision = try decide(entry.saga, input, entry.workflow, now)
            if decision.saga.exit != nil, let parked = try withdrawn(from: entry, now) {
                entry = parked
                decision = try decide(entry.saga, input, entry.workflow, now)
            }
        } catch {
            throw .rejected(error)
        }
        let saved = decision.records.isEmpty ? entry : try save(decision, over: entry, now)
        return Handled(verdict: .answer(decision.answer), entry: saved)
    }

    /// The calls that were in flight when the last process ended have an unknown outcome (rule 7).
    func recover(_ number: Int64, _ now: Instant) throws(EngineError) -> Handled {
        let entry = try load(.number(number))
        let own = inherited.inFlight[number] ?? .max
        var handled = Handled(verdict: .look, entry: entry)
        // What became of one may end the wait for another: that is late then.
        for attempt in entry.saga.openCalls.attempts where attempt.token < own {
            let ended = AttemptEnded(
                token: attempt.token, of: StepDirection(step: attempt.step, direction: attempt.direction),
                outcome: .unknown(message: "the daemon ended while the call was in flight"))
            handled = try tell(.number(number), .attemptEnded(ended), now)
        }
        return handled
    }

    /// Stages what was decided: one history row, the saga, and the tags that changed. The row of tries that end alike takes the place
    /// of those before it.
    func save(_ decision: Decision, over entry: Entry, _ now: Instant) throws(EngineError) -> Entry {
        let saga = decision.saga
        let number = saga.id.number
        let isNew = entry.row.last == 0
        // The attributes are another version's now.
        let hasMoved = saga.digest != entry.saga.digest
        var row = entry.row
        let replaced = decision.kept < entry.saga.length ? entry.trail.filter { $0.before >= decision.kept } : []
        guard isNew || decision.kept == replaced.first?.before ?? entry.saga.length else {
            throw .broken(
                saga.id, message: "its history has no row that begins at record \(decision.kept + 1)")
        }
        let n = replaced.first?.n ?? row.last + 1
        batch.now.rows.append(
            .history(saga: number, n: n, at: now, records: RecordCodec.bytes(decision.records), of: row))
        if row.last > n { batch.now.rows.append(.historyEnds(saga: number, n: n)) }
        row.last = n
        row.status = saga.status
        row.state = saga.state
        row.due = SagaRow.due(of: saga)
        var tags = entry.tags
        if isNew || entry.workflow.tagsMayChange || saga.isTaggedByFate || hasMoved {
            tags = saga.tags(in: entry.workflow)
            for tag in entry.tags where !tags.contains(tag) { batch.now.rows.append(.untagged(tag, saga: number)) }
            for tag in tags where !entry.tags.contains(tag) { batch.now.rows.append(.tagged(tag, saga: number)) }
        }
        if entry.saga.stuck?.code == .poison, saga.stuck == nil { batch.now.rows.append(.unsuspected(saga: number)) }
        let trail = (entry.trail.filter { $0.before < decision.kept } + [TrailRow(n: n, before: decision.kept)]).of(
            saga)
        let saved = Entry(
            saga: saga, workflow: entry.workflow, row: row, tags: tags, trail: trail,
            shown: hasMoved ? entry.shown?.moved : entry.shown)
        batch.now.stage(saved, isNew: isNew)
        if isNew { batch.now.keys[BusinessKey(workflow: saga.workflow, key: saga.key)] = number }
        if let token = decision.calls.first?.token, let first = inherited.inFlight[number] {
            inherited.inFlight[number] = min(first, token)
        }
        batch.now.calls += decision.calls
        batch.now.changes.append(
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
