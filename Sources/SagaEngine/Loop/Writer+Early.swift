import CEL
import SagaCore
import SagaStore

/// Signals that come before their saga: kept by key, and handed over in the transaction that starts it.
extension Writer {
    /// Tells the live saga of the key, or keeps the signal for the next one.
    func early(
        _ sent: KeyedSignal, _ transaction: borrowing WriteTransaction, _ now: Instant
    ) throws -> Done {
        let (_, workflow) = try workflows.find(sent.workflow, version: nil)
        if let holder = try holder(of: sent.key, workflow: sent.workflow, transaction.reading), holder.saga.end == nil {
            return .saga(try tell(.number(holder.row.id.number), .signalled(sent.signal), transaction, now))
        }
        let known = Set(workflow.states.flatMap { $0.signals.map(\.name) })
        guard known.contains(sent.signal.name) else {
            throw EngineError.unknownSignal(
                name: sent.signal.name, workflow: workflow.name, known: known.sorted())
        }
        if let faults = workflow.faults(of: sent.signal) {
            throw EngineError.invalidData(signal: sent.signal.name, workflow: workflow.name, faults)
        }
        let kept = try transaction.reading.earlySignals(workflow: sent.workflow, key: sent.key)
            .filter { $0.until > now }
        if let id = sent.signal.id, let before = kept.first(where: { $0.id == id }) {
            return .kept(until: before.until)
        }
        guard kept.count < KeyedSignal.perKeyMax else {
            throw EngineError.tooEarly(what: "for the key '\(sent.key)'", max: KeyedSignal.perKeyMax)
        }
        guard earlyCount + effects.kept < earlyMax else {
            throw EngineError.tooEarly(what: "in all", max: earlyMax)
        }
        let until = now + min(max(1, sent.keptFor), KeyedSignal.keptForMax)
        let signal = EarlySignal(
            workflow: sent.workflow, key: sent.key, name: sent.signal.name, id: sent.signal.id,
            data: sent.signal.data == .null ? [] : JSON.bytes(sent.signal.data), by: sent.signal.by, at: now,
            until: until)
        try transaction.keep(signal)
        effects.kept += 1
        return .kept(until: until)
    }

    /// Hands what was kept for the key to the saga that has just been started with it.
    func handOver(to saga: Saga, _ transaction: borrowing WriteTransaction, _ now: Instant) throws {
        guard earlyCount + effects.kept > 0 else { return }
        for kept in try transaction.reading.earlySignals(workflow: saga.workflow, key: saga.key) where kept.until > now
        {
            try transaction.drop(kept)
            effects.kept -= 1
            let refusal = try handOver(kept, to: saga.id, transaction, now)
            if let refusal { effects.lost.append(LostSignal(signal: kept, saga: saga.id, reason: refusal)) }
        }
    }

    /// Why the saga did not take it; `nil` when it did.
    private func handOver(
        _ kept: EarlySignal, to saga: SagaID, _ transaction: borrowing WriteTransaction, _ now: Instant
    ) throws -> String? {
        guard let data = kept.data.isEmpty ? .null : try? JSON.parse(kept.data, depthMax: 256) else {
            return "its data does not read back"
        }
        let signal = SignalSent(name: kept.name, id: kept.id, data: data, by: kept.by, isEarly: true)
        do {
            let handled = try tell(.number(saga.number), .signalled(signal), transaction, now)
            if case .answer(.signal(.refused(let reason))) = handled.verdict { return reason }
            return nil
        } catch EngineError.rejected(let rejection) {
            return rejection.description
        }
    }

    /// Drops what nobody came for.
    /// - Returns: what it was, and the rows that did not say it.
    func dropEarly(at now: Instant) throws(StoreError) -> (lost: [LostSignal], unreadable: [Int64]) {
        let late = try store.write { transaction in
            let late = try transaction.reading.earlySignals(until: now, limit: 1_000)
            for (row, _) in late { try transaction.drop(earlySignal: row) }
            return late
        }
        recountEarly(by: -late.count)
        let lost = late.compactMap(\.signal).map {
            LostSignal(signal: $0, saga: nil, reason: "no saga was started with its key in time")
        }
        return (lost, late.filter { $0.signal == nil }.map(\.row))
    }

    /// The same after a commit, which must not be told as failed when this cannot be read: then it is looked at again soon.
    func recountEarly(by change: Int) {
        do throws(StoreError) {
            try countEarly()
        } catch {
            earlyCount = max(0, earlyCount + change)
            earlyNext = 0
        }
    }

    /// Reads how many are kept, and when the first of them is dropped.
    func countEarly() throws(StoreError) {
        let (count, next) = try store.read { try $0.earlySignalCount() }
        earlyCount = count
        earlyNext = next?.milliseconds
    }

}

extension Workflow {
    /// What is wrong with the data of a signal that no state of the workflow would take; `nil` when one may.
    fileprivate func faults(of signal: SignalSent) -> [InputSchema.Fault]? {
        var first: [InputSchema.Fault]?
        for state in states {
            for rule in state.signals where rule.name == signal.name && rule.action != .refuse {
                guard let faults = rule.faults(of: signal.data) else { return nil }
                if first == nil { first = faults }
            }
        }
        return first
    }
}

/// A signal that was kept and that no saga took.
struct LostSignal {
    var signal: EarlySignal
    var saga: SagaID?
    var reason: String
}
