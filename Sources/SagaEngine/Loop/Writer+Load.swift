import CEL
import SagaCore
import SagaStore

extension Writer {
    /// The saga of a target that is in memory and named in full: it is found without a read of the store.
    func remembered(_ target: Ask.Target) -> Entry? {
        switch target {
        case .number(let number):
            return find(number)
        case .reference(let reference):
            let id = reference.prefix.first
            guard reference.prefix.digits == 32, let entry = find(id.number), entry.row.id == id else { return nil }
            return entry
        }
    }

    /// The saga of a target, from memory or by folding its history.
    func load(_ target: Ask.Target, _ reading: borrowing ReadTransaction) throws -> Entry {
        switch target {
        case .number(let number):
            if let entry = find(number) { return entry }
            guard let row = try row(number, reading) else {
                throw EngineError.notFound(reference: "number \(number)")
            }
            return try entry(of: row, reading)
        case .reference(let reference):
            return try load(reference, reading)
        }
    }

    private func load(_ reference: SagaReference, _ reading: borrowing ReadTransaction) throws -> Entry {
        if reference.prefix.digits == 32 {
            let id = reference.prefix.first
            if let entry = find(id.number), entry.row.id == id { return entry }
            guard let row = try row(id.number, reading), row.id == id else {
                throw EngineError.notFound(reference: reference.description)
            }
            return try entry(of: row, reading)
        }
        let rows = try reading.sagas(matching: reference.prefix, limit: 2)
        guard let row = rows.first else { throw EngineError.notFound(reference: reference.description) }
        guard rows.count == 1 else {
            let matches = try reading.sagas(matching: reference.prefix, limit: 100).count
            throw EngineError.ambiguous(reference: reference.description, matches: matches)
        }
        return try find(row.id.number) ?? entry(of: row, reading)
    }

    private func row(_ number: Int64, _ reading: borrowing ReadTransaction) throws -> SagaRow? {
        do {
            return try reading.saga(number: number)
        } catch let error as StoreError where error.code == .unreadable {
            throw EngineError.broken(SagaID(high: SagaID.high(number: number), low: 0), message: error.message)
        }
    }

    /// Folds a history; what cannot be read concerns this saga alone (rule 6).
    private func entry(of row: SagaRow, _ reading: borrowing ReadTransaction) throws -> Entry {
        let entry = try Entry(row: row, workflows: workflows, reading)
        keep(entry)
        return entry
    }

    /// Marks a saga that cannot be read, so that timers and recovery leave it alone until an operator has looked.
    func putAside(after error: EngineError, _ transaction: borrowing WriteTransaction) throws {
        guard case .broken(let id, _) = error else { return }
        do {
            try transaction.savepoint { try $0.putAside(number: id.number) }
        } catch let error as StoreError where !error.concernsAll {
            // Where its row cannot even be marked, it meets the same error again at its next input, and alone.
        }
    }
}

extension Entry {
    /// - Throws: ``EngineError/broken(_:message:)`` when the history does not fold or its workflow is not loaded.
    init(row: SagaRow, workflows: WorkflowSet, _ reading: borrowing ReadTransaction) throws {
        guard let workflow = workflows.byRow[row.workflow] else {
            throw EngineError.broken(row.id, message: "its workflow (row \(row.workflow)) is not loaded")
        }
        do {
            var history: [(at: Instant, record: Record)] = []
            var trail: [TrailRow] = []
            for stored in try reading.history(of: row) {
                trail.append(TrailRow(row: stored.row, previous: trail.last?.row ?? 0, before: history.count))
                for record in stored.records { history.append((at: stored.at, record: record)) }
            }
            let saga = try Saga.fold(history)
            self.init(saga: saga, workflow: workflow, row: row, tags: saga.tags(in: workflow), trail: trail.of(saga))
        } catch let error as StoreError where error.code == .unreadable {
            throw EngineError.broken(row.id, message: error.message)
        } catch let error as BrokenHistory {
            throw EngineError.broken(row.id, message: error.description)
        }
    }

    /// What can be told of a saga that does not read: its row, and that it is stuck, with the reason. For lists alone; nothing is
    /// ever decided on it.
    init(_ row: SagaRow, unreadable message: String, workflow: Workflow?) throws(Rejection) {
        let shape = Workflow(
            name: workflow?.name ?? "", version: workflow?.version ?? "", initial: row.state,
            states: [State(name: row.state)])
        let start = StartSent(id: row.id, input: .map(MapValue()))
        var saga = try Saga.start(start, in: shape, at: Instant(milliseconds: row.id.milliseconds)).saga
        saga.stuck = Saga.StuckReason(code: .unreadable, message: message)
        self.init(saga: saga, workflow: workflow ?? shape, row: row, tags: [])
    }
}
