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
        return try await send(.operate(saga, command, rehearsing: dryRun), dryRun ? nil : wait)
    }

    /// What a saga has outstanding in the outside world, in the order of the intents.
    /// - Throws: ``EngineError``.
    public func effects(of saga: SagaID) async throws(EngineError) -> [OutstandingEffect] {
        try await read { reading throws in
            guard let row = try reading.saga(number: saga.number) else {
                throw EngineError.notFound(reference: saga.description)
            }
            return try OutstandingEffects(row, reading).effects
        }
    }

    /// The ledger of outstanding effects: those of live sagas, and of terminated ones that left something; newest saga first.
    /// A page holds whole sagas, so that the last one's effects may exceed its limit.
    /// - Throws: ``EngineError``.
    public func effects(_ filter: EffectFilter) async throws(EngineError) -> EffectPage {
        let limit = min(max(1, filter.limit), Self.pageMax)
        let page = try await read { [self] reading throws in
            var page = EffectPage(effects: [], next: nil)
            var (last, bytes) = (filter.after, 0)
            while true {
                let rows = try reading.sagas(
                    status: filter.status, unended: .or(.leftover), before: last?.number ?? .max,
                    limit: Self.effectsBatch)
                for row in rows {
                    if page.effects.count >= limit || bytes >= Self.pageBytesMax {
                        page.next = last
                        return page
                    }
                    last = row.id
                    let found = try effects(of: row, filter, reading)
                    bytes += found.count * 512 + (found.first?.saga.weight ?? 0)
                    page.effects += found
                }
                if rows.count < Self.effectsBatch { return page }
            }
        }
        if page.effects.isEmpty, let name = filter.participant { try workflowSet.check(participant: name) }
        return page
    }

    /// Rows that are read at once: few have effects that a filter wants.
    private static let effectsBatch = 256

    private func effects(
        of row: SagaRow, _ filter: EffectFilter, _ reading: borrowing ReadTransaction
    ) throws -> [EffectPage.Item] {
        guard let found = try? OutstandingEffects(row, reading) else { return [] }
        return found.effects.filter { effect in
            (filter.participant.map { $0 == effect.call.participant || $0 == effect.undo?.participant } ?? true)
                && (filter.outcome.map { $0 == effect.outcome } ?? true)
        }.map { EffectPage.Item(saga: found.saga, effect: $0) }
    }
}

/// What one saga leaves outstanding.
private struct OutstandingEffects {
    let saga: Saga
    let effects: [OutstandingEffect]

    init(_ row: SagaRow, _ reading: borrowing ReadTransaction) throws {
        var fold = Saga.Fold()
        var ledger = OutstandingEffect.Ledger()
        try reading.eachHistoryRow(of: row) { stored in
            for record in stored.records {
                try fold.take(record, at: stored.at)
                ledger.take(record, at: stored.at)
            }
            return true
        }
        saga = try fold.whole()
        effects = ledger.effects(of: saga)
    }
}
