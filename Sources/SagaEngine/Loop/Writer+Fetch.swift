import CEL
import SagaCore
import SagaStore

/// The first phase: what a batch wants is named and fetched at once.
extension Writer {
    /// Names what the orders need to know that is not in memory.
    func reads(of orders: [Posted]) -> Wanted {
        var wanted = Wanted()
        var isEarly = early.count > 0
        for order in orders { if case .early = order.ask { isEarly = true } }
        for order in orders {
            switch order.ask {
            case .start(let command):
                guard let key = command.key else { continue }
                want(key, command.workflow, isEarly, &wanted)
            case .early(let signal): want(signal.key, signal.workflow, isEarly, &wanted)
            case .tell(let target, _), .operate(let target, _), .migrate(let target, _, _), .look(let target),
                .rehearse(let target, _):
                want(target, &wanted)
            case .recover(let number): want(number, &wanted)
            case .accept: wanted.openJobs = true
            case .work(let job): wanted.jobs[job, default: 0] += 1
            }
        }
        return wanted
    }

    private func want(_ target: Ask.Target, _ wanted: inout Wanted) {
        switch target {
        case .number(let number): want(number, &wanted)
        case .reference(let reference) where reference.prefix.digits == 32:
            want(reference.prefix.first.number, &wanted)
        case .reference(let reference): wanted.prefixes.insert(reference.prefix)
        }
    }

    private func want(_ number: Int64, _ wanted: inout Wanted) {
        if let entry = find(number) { batch.know(entry) } else { wanted.sagas.insert(number) }
    }

    private func want(_ key: String, _ workflow: String, _ isEarly: Bool, _ wanted: inout Wanted) {
        let place = BusinessKey(workflow: workflow, key: key)
        wanted.keys[place] = workflows.rows(named: workflow)
        if isEarly { wanted.early.insert(place) }
        // A saga without a key of its own is found by its id, which is its key.
        if let id = SagaID(key), id.description == key { want(id.number, &wanted) }
    }

    /// Fetches it, and folds what was not in memory.
    func fetch(_ wanted: Wanted) throws(StoreError) {
        if wanted.isEmpty { return }
        var fetched = try fetchOnce(wanted)
        // Only the histories that are too large for one fetch come in several.
        while !fetched.left.isEmpty {
            var rest = Wanted()
            rest.sagas = fetched.left
            fetched.left = try fetchOnce(rest).left
        }
        batch.take(fetched)
    }

    /// - Returns: what was found but the sagas, which the batch knows then.
    private func fetchOnce(_ wanted: Wanted) throws(StoreError) -> Fetched {
        var fetched = try store.fetch(wanted) { number in
            guard let entry = find(number) else { return nil }
            // What is fetched beside it may take its place in the cache.
            batch.know(entry)
            return entry.saga.key
        }
        for (number, stored) in fetched.sagas {
            do throws(EngineError) {
                switch stored {
                case .known: break
                case .whole(let row, let history):
                    let entry = try Entry(row: row, history: history, workflows: workflows)
                    keep(entry)
                    batch.know(entry)
                case .unreadable(let id, let message): throw .broken(id, message: message)
                }
            } catch {
                batch.knowUnreadable(number, error)
            }
        }
        fetched.sagas = [:]
        return fetched
    }

    /// The saga of a target, as the batch has it.
    func load(_ target: Ask.Target) throws(EngineError) -> Entry {
        switch target {
        case .number(let number):
            guard let entry = try batch.find(number) else { throw .notFound(reference: "number \(number)") }
            return entry
        case .reference(let reference):
            return try load(reference)
        }
    }

    private func load(_ reference: SagaReference) throws(EngineError) -> Entry {
        let prefix = reference.prefix
        var numbers = [prefix.first.number]
        if prefix.digits < 32 { numbers = batch.numbers(of: prefix) }
        guard numbers.count < 2 else { throw .ambiguous(reference: reference.description, matches: numbers.count) }
        guard let number = numbers.first, let entry = try batch.find(number),
            prefix.digits < 32 || entry.row.id == prefix.first
        else { throw .notFound(reference: reference.description) }
        return entry
    }
}

extension Entry {
    /// - Throws: ``EngineError/broken(_:message:)`` when the history does not fold or its workflow is not loaded.
    init(row: SagaRow, history: [HistoryRow], workflows: WorkflowSet) throws(EngineError) {
        guard let workflow = workflows.byRow[row.workflow] else {
            throw .broken(row.id, message: "its workflow (row \(row.workflow)) is not loaded")
        }
        var records: [(at: Instant, record: Record)] = []
        var trail: [TrailRow] = []
        for stored in history {
            trail.append(TrailRow(n: stored.n, before: records.count))
            for record in stored.records { records.append((at: stored.at, record: record)) }
        }
        do throws(BrokenHistory) {
            let saga = try Saga.fold(records)
            self.init(saga: saga, workflow: workflow, row: row, tags: saga.tags(in: workflow), trail: trail.of(saga))
        } catch {
            throw .broken(row.id, message: error.description)
        }
    }

    /// The same, read from a snapshot.
    init(row: SagaRow, workflows: WorkflowSet, _ reading: borrowing ReadTransaction) throws {
        let history: [HistoryRow]
        do {
            history = try reading.history(of: row)
        } catch let error as StoreError where error.code == .unreadable {
            throw EngineError.broken(row.id, message: error.message)
        }
        try self.init(row: row, history: history, workflows: workflows)
    }

    /// What can be told of a saga that does not read: its row, and that it is stuck, with the reason. For lists alone; nothing is
    /// ever decided on it.
    init(_ row: SagaRow, unreadable message: String, workflow: Workflow?) throws(Rejection) {
        let shape = Workflow(
            name: workflow?.name ?? "", version: workflow?.version ?? "", initial: row.state,
            states: [State(name: row.state)])
        let start = StartSent(id: row.id, serial: row.serial, input: .map(MapValue()))
        var saga = try Saga.start(start, in: shape, at: Instant(milliseconds: row.id.milliseconds)).saga
        saga.stuck = Saga.StuckReason(code: .unreadable, message: message)
        self.init(saga: saga, workflow: workflow ?? shape, row: row, tags: [])
    }
}
