import SagaCore
import SagaStore

extension Writer {
    /// Carries out an operator's act.
    func operate(
        _ target: Ask.Target, _ command: OperateCommand, wait: Wait? = nil, _ now: Instant
    ) throws(EngineError) -> Handled {
        let entry = try load(target)
        try wait?.check(in: entry.workflow)
        if store.mark != nil {
            deciding(InputWords(operator: command.act), of: entry)
        }
        defer { decided() }
        let (decision, verdict) = try judge(command, entry, now)
        return Handled(verdict: .operated(verdict), entry: try save(decision, over: entry, now))
    }

    /// What an act would do: decides, and writes nothing.
    func rehearse(
        _ target: Ask.Target, _ command: OperateCommand, _ now: Instant
    ) throws(EngineError) -> Handled {
        let entry = try load(target)
        return Handled(verdict: .operated(try judge(command, entry, now).verdict), entry: entry)
    }

    private func judge(
        _ command: OperateCommand, _ entry: Entry, _ now: Instant
    ) throws(EngineError) -> (decision: Decision, verdict: OperateVerdict) {
        let saga = entry.saga
        let decision: Decision
        do throws(Rejection) {
            let act = OperatorAct(
                try command.act.naming { step throws(Rejection) in try step.sureNumber(in: saga) },
                reason: command.reason, by: command.by)
            decision = try decide(saga, .operated(act), entry.workflow, now)
        } catch {
            guard case .notNow(let reason) = error else { throw .rejected(error) }
            throw .notNow(saga.id, state: saga.state, status: saga.status, reason: reason)
        }
        let entries = decision.records.enumerated().map { index, record in
            HistoryEntry(number: decision.kept + index + 1, at: now, record: record)
        }
        return (decision, OperateVerdict(saga: decision.saga, entries: entries, calls: decision.calls))
    }
}

extension StepReference {
    /// - Throws: ``Rejection/notNow(_:)`` with the steps that there are.
    fileprivate func sureNumber(in saga: Saga) throws(Rejection) -> Int {
        if let number = number(in: saga) { return number }
        let known = saga.steps.map { "\($0.number) (\($0.call) in \($0.state))" }.joined(separator: ", ")
        throw .notNow("the saga has no step '\(self)'; it has \(known.isEmpty ? "none yet" : known)")
    }
}

extension Writer {
    /// Lets a saga go on by another version of its workflow, which is decided in that version.
    func migrate(
        _ target: Ask.Target, to row: Int64, _ sent: MigrateSent, _ now: Instant
    ) throws(EngineError) -> Handled {
        var entry = try load(target)
        guard let workflow = workflows.byRow[row] else {
            throw EngineError.broken(entry.row.id, message: "the version to move to (row \(row)) is not loaded")
        }
        let decision: Decision
        do throws(Rejection) {
            decision = try decide(entry.saga, .migrated(sent), workflow, now)
        } catch {
            throw EngineError.rejected(error)
        }
        entry.workflow = workflow
        entry.row.workflow = row
        return Handled(verdict: .look, entry: try save(decision, over: entry, now))
    }
}
