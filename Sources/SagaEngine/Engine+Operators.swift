public import SagaCore
import SagaStore

extension Engine {
    /// Does to one saga what an operator wants (rule 22).
    /// - Parameter dryRun: decides only, and writes nothing; the reply's saga is as it was, the verdict's as it would be.
    /// - Throws: ``EngineError``, of which ``EngineError/notNow(_:state:status:reason:)`` when the saga cannot take it as it is.
    public func operate(
        _ saga: SagaReference, _ command: OperateCommand, dryRun: Bool = false, wait: Wait? = nil
    ) async throws(EngineError) -> Reply<OperateVerdict> {
        var command = command
        command.reason = try OperateCommand.checked(command.reason)
        let target = Order.Target.reference(saga)
        let handled = try await ask(
            dryRun ? .rehearse(target, command) : .operate(target, command), dryRun ? nil : wait)
        guard case .operated(let verdict) = handled.verdict else {
            return handled.reply(OperateVerdict(saga: handled.entry.saga, entries: [], calls: []))
        }
        return handled.reply(verdict)
    }

    /// What a saga has outstanding in the outside world, in the order of the intents.
    /// - Throws: ``EngineError``.
    public func effects(of saga: SagaID) async throws(EngineError) -> [OutstandingEffect] {
        try await history(SagaReference(saga)).effects
    }

    /// The ledger of outstanding effects: those of live sagas, and of terminated ones that left something; newest saga first.
    /// A page holds whole sagas, so that the last one's effects may exceed its limit.
    /// - Throws: ``EngineError``.
    public func effects(_ filter: EffectFilter) async throws(EngineError) -> EffectPage {
        let limit = min(max(1, filter.limit), Self.pageMax)
        return try await read { [self] reading throws in
            var page = EffectPage(effects: [], next: nil)
            var last = filter.after
            while true {
                let rows = try reading.sagas(
                    status: filter.status, unended: .or(.leftover), before: last?.number ?? .max,
                    limit: Self.effectsBatch)
                for row in rows {
                    if page.effects.count >= limit {
                        page.next = last
                        return page
                    }
                    last = row.id
                    page.effects += try effects(of: row, filter, reading)
                }
                if rows.count < Self.effectsBatch { return page }
            }
        }
    }

    /// Rows that are read at once: few have effects that a filter wants.
    private static let effectsBatch = 256

    private func effects(
        of row: SagaRow, _ filter: EffectFilter, _ reading: borrowing ReadTransaction
    ) throws -> [EffectPage.Item] {
        guard let workflow = workflowSet.byRow[row.workflow] else { return [] }
        guard let history = try? SagaHistory(row, workflow, reading) else { return [] }
        return history.effects.filter { effect in
            (filter.participant.map { $0 == effect.call.participant || $0 == effect.undo?.participant } ?? true)
                && (filter.outcome.map { $0 == effect.outcome } ?? true)
        }.map { EffectPage.Item(saga: history.saga, effect: $0) }
    }
}

extension SagaHistory {
    /// What it leaves outstanding.
    public var effects: [OutstandingEffect] {
        OutstandingEffect.all(in: entries.lazy.map { (at: $0.at, record: $0.record) }, of: saga)
    }

    init(_ row: SagaRow, _ workflow: Workflow, _ reading: borrowing ReadTransaction) throws {
        var entries: [HistoryEntry] = []
        for stored in try reading.history(of: row) {
            for record in stored.records {
                entries.append(HistoryEntry(number: entries.count + 1, at: stored.at, record: record))
            }
        }
        let saga = try Saga.fold(entries.map { (at: $0.at, record: $0.record) })
        self.init(saga: saga, workflow: workflow, entries: entries)
    }
}
