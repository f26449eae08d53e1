import CEL
import SagaCore
import SagaStore

/// Signals that come before their saga: kept by key, and handed over in the transaction that starts it.
extension Writer {
    /// Tells the live saga of the key, or keeps the signal for the next one.
    func early(_ sent: KeyedSignal, _ now: Instant) throws(EngineError) -> Done {
        let (_, workflow) = try workflows.find(sent.workflow, version: nil)
        let place = BusinessKey(workflow: sent.workflow, key: sent.key)
        if let holder = try holder(of: place), holder.saga.end == nil {
            return .saga(try tell(.number(holder.row.id.number), .signalled(sent.signal), now))
        }
        let known = Set(workflow.states.flatMap { $0.signals.map(\.name) })
        guard known.contains(sent.signal.name) else {
            throw .unknownSignal(
                name: sent.signal.name, workflow: workflow.name, known: known.sorted())
        }
        if let faults = workflow.faults(of: sent.signal) {
            throw .invalidData(signal: sent.signal.name, workflow: workflow.name, faults)
        }
        let all = batch.early(place)
        let kept = all.filter { $0.until > now }
        if let id = sent.signal.id, let before = kept.first(where: { $0.id == id }) {
            return .kept(until: before.until)
        }
        guard kept.count < KeyedSignal.perKeyMax else {
            throw .tooEarly(what: "for the key '\(sent.key)'", max: KeyedSignal.perKeyMax)
        }
        guard early.count + batch.kept < earlyMax else {
            throw .tooEarly(what: "in all", max: earlyMax)
        }
        let data = sent.signal.data.value == .null ? [] : sent.signal.data.bytes
        try checkRoom(for: data, beside: kept, key: sent.key)
        let until = now + min(max(1, sent.keptFor), KeyedSignal.keptForMax)
        var signal = EarlySignal(
            workflow: sent.workflow, key: sent.key, name: sent.signal.name, id: sent.signal.id,
            data: data, by: sent.signal.by, at: now,
            until: until)
        last.earlySignal += 1
        signal.row = last.earlySignal
        batch.now.rows.append(.kept(signal))
        batch.now.early[place] = all + [signal]
        batch.now.kept += 1
        batch.now.keptBytes += data.count
        return .kept(until: until)
    }

    /// All for one key come into memory at once, and into one saga.
    private func checkRoom(for data: [UInt8], beside kept: [EarlySignal], key: String) throws(EngineError) {
        let ofKey = kept.reduce(0) { $0 + $1.data.count }
        guard ofKey == 0 || ofKey + data.count <= KeyedSignal.perKeyBytesMax else {
            throw .tooEarly(what: "for the key '\(key)', by their bytes,", max: kept.count)
        }
        let inAll = early.bytes + batch.keptBytes
        guard inAll == 0 || inAll + data.count <= early.bytesMax else {
            throw .tooEarly(what: "with \(inAll) bytes in all", max: early.count + batch.kept)
        }
    }

    /// Hands what was kept for the key to the saga that has just been started with it.
    func handOver(to saga: Saga, _ now: Instant) throws(EngineError) {
        let place = BusinessKey(workflow: saga.workflow, key: saga.key)
        let all = batch.early(place)
        if all.isEmpty { return }
        batch.now.early[place] = all.filter { $0.until <= now }
        for kept in all where kept.until > now {
            batch.now.rows.append(.dropped(earlySignal: kept.row))
            batch.now.kept -= 1
            batch.now.keptBytes -= kept.data.count
            let refusal = try handOver(kept, to: saga.id, now)
            if let refusal { batch.now.lost.append(LostSignal(signal: kept, saga: saga.id, reason: refusal)) }
        }
    }

    /// Why the saga did not take it; `nil` when it did.
    private func handOver(_ kept: EarlySignal, to saga: SagaID, _ now: Instant) throws(EngineError) -> String? {
        guard let data = kept.data.isEmpty ? .null : try? JSON.parse(kept.data, depthMax: 256) else {
            return "its data does not read back"
        }
        let signal = SignalSent(name: kept.name, id: kept.id, data: Document(read: data), by: kept.by, isEarly: true)
        do throws(EngineError) {
            let handled = try tell(.number(saga.number), .signalled(signal), now)
            if case .answer(.signal(.refused(let reason))) = handled.verdict { return reason }
            return nil
        } catch {
            guard case .rejected(let rejection) = error else { throw error }
            return rejection.description
        }
    }

    /// Drops what nobody came for.
    /// - Returns: what it was, and the rows that did not say it.
    func dropEarly(at now: Instant) throws(StoreError) -> (lost: [LostSignal], unreadable: [Int64]) {
        let late = try store.read { try $0.earlySignals(until: now, limit: 1_000) }
        try store.commit(late.map { .dropped(earlySignal: $0.row) }) {}
        recountEarly(by: -late.count)
        early.bytes = try store.read { try $0.earlySignalBytes() }
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
            (early.count, early.next) = (max(0, early.count + change), 0)
        }
    }

    /// Reads how many are kept, and when the first of them is dropped.
    func countEarly() throws(StoreError) {
        let (count, next) = try store.read { try $0.earlySignalCount() }
        (early.count, early.next) = (count, next?.milliseconds)
    }
}

extension Workflow {
    /// What is wrong with the data of a signal that no state of the workflow would take; `nil` when one may.
    fileprivate func faults(of signal: SignalSent) -> [InputSchema.Fault]? {
        var first: [InputSchema.Fault]?
        for state in states {
            for rule in state.signals where rule.name == signal.name && rule.action != .refuse {
                guard let faults = rule.faults(of: signal.data.value) else { return nil }
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
