import CEL

extension Turn {
    /// A signal is handled, deferred or refused with the reason; the same id gets its first answer again (rule 20).
    mutating func signalled(_ signal: SignalSent) throws(Rejection) -> SignalVerdict {
        if let id = signal.id, let before = saga.signal(id: id) { return before.verdict }
        if let end = saga.end { return .refused(reason: "the saga has ended (\(end.name))") }
        guard saga.signals.count < SagaLimits.signalsMax else {
            throw .full(what: "signals", max: SagaLimits.signalsMax)
        }
        var signal = signal
        do throws(JSONError) {
            signal.data = try signal.data.kept()
        } catch {
            return .refused(reason: "its data cannot be kept: \(error.message)")
        }
        guard saga.signalBytes == 0 || saga.signalBytes + signal.data.weight <= SagaLimits.signalBytesMax else {
            throw .full(what: "bytes of signals", max: SagaLimits.signalBytesMax)
        }
        return try judge(signal)
    }

    private mutating func judge(_ signal: SignalSent) throws(Rejection) -> SignalVerdict {
        if let reason = reasonToRefuse() { return try remember(signal, .refused(reason: reason)) }
        guard let state = workflow.state(saga.state), let rule = state.signals.first(where: { $0.name == signal.name })
        else {
            if signal.isEarly { return try remember(signal, .deferred) }
            return try remember(signal, .refused(reason: "state '\(saga.state)' does not take signal '\(signal.name)'"))
        }
        if rule.action == .refuse {
            return try remember(signal, .refused(reason: "state '\(saga.state)' refuses signal '\(signal.name)'"))
        }
        if let faults = rule.faults(of: signal.data.value) { return try remember(signal, .invalidData(faults)) }
        // Kept until another state takes it, or until the saga goes on.
        guard rule.action != .defer, !saga.isPaused else { return try remember(signal, .deferred) }
        let verdict: SignalVerdict
        do throws(FormulaError) {
            let taken = Record.signalled(signal.memory(.handled))
            if let route = try open(rule.routes, for: signal, noting: taken) {
                // What fails from here on is the next state's.
                orStuck(next: .wait) { turn throws(FormulaError) in
                    try turn.leave(by: route, cause: "signal \(signal.name)")
                    // What it has set may be what a signal waited for.
                    if route.to == nil, !route.set.isEmpty { try turn.takeDeferredSignal(in: state) }
                }
                return .handled
            }
            let reason = "no condition of state '\(saga.state)' lets signal '\(signal.name)' through"
            verdict = signal.isEarly ? .deferred : .refused(reason: reason)
        } catch {
            note(error)
            verdict = .refused(reason: error.description)
        }
        return try remember(signal, verdict)
    }

    private func reasonToRefuse() -> String? {
        if let stuck = saga.stuck { return "the saga is stuck: \(stuck.message)" }
        if let target = saga.undoingFor { return "the saga is being undone on its way to '\(target)'" }
        if let exit = saga.exit { return "the saga is leaving '\(saga.state)' for '\(exit.to)' (\(exit.cause))" }
        return nil
    }

    /// The first way that is open to a signal, with what it sets; `nil` when no condition holds.
    /// - Parameter record: says that the signal was taken.
    /// - Throws: what the signal does to a `when` or a `set`. That is its own fault and not the saga's, which stays as it is: who may
    ///   signal must not be able to stop it.
    private mutating func open(
        _ routes: [Route], for signal: SignalSent, noting record: Record
    ) throws(FormulaError) -> Route? {
        guard let route = try firstRoute(routes, .signal(signal)) else { return nil }
        try whole { turn throws(FormulaError) in
            turn.emit(record)
            try turn.assign(route.set, .signal(signal))
        }
        return route
    }

    /// A refused signal without an id leaves no trace, as nothing could ask for its answer again; unless it was accepted before there
    /// was a saga. Of one that was refused large data is not remembered: nothing will take it.
    /// - Throws: ``Rejection/full(what:max:)`` when too many refused ones are remembered; then this one is not, and may come again.
    private mutating func remember(_ signal: SignalSent, _ verdict: SignalVerdict) throws(Rejection) -> SignalVerdict {
        guard verdict.refusal != nil else {
            emit(.signalled(signal.memory(verdict)))
            return verdict
        }
        if signal.id == nil, !signal.isEarly { return verdict }
        guard saga.signals.count(where: { $0.verdict.refusal != nil }) < SagaLimits.refusedSignalsMax else {
            throw .full(what: "refused signals", max: SagaLimits.refusedSignalsMax)
        }
        var memory = signal.memory(verdict)
        if memory.data.weight > SagaLimits.refusedBytesMax { memory.data = Document(read: .null) }
        emit(.signalled(memory))
        return verdict
    }

    /// Takes the first deferred signal that the state has a way for, and before it all for which the saga stays. One that it has no way
    /// for stays deferred; one whose data fails here was accepted, so its refusal is history, and the next has its turn.
    mutating func takeDeferredSignal(in state: State) throws(FormulaError) {
        guard saga.exit == nil, saga.end == nil, saga.undoingFor == nil, !saga.isHeld else { return }
        // What one has set may open the way of an older one; how often they are looked through is bounded as loops of states are.
        while hops <= SagaLimits.hopsMax, try takeDeferredSignalsOnce(in: state) { hops += 1 }
    }

    /// Whether the saga stayed for one that has set something, so that the others are to be looked at again.
    private mutating func takeDeferredSignalsOnce(in state: State) throws(FormulaError) -> Bool {
        var hasSet = false
        for (index, memory) in saga.signals.enumerated() where memory.verdict == .deferred {
            guard let rule = state.signals.first(where: { $0.name == memory.name }), !rule.routes.isEmpty else {
                continue
            }
            if let faults = rule.faults(of: memory.data.value) {
                emit(.signalRefused(index: index, .invalidData(faults)))
                continue
            }
            let signal = SignalSent(name: memory.name, id: memory.id, data: memory.data, by: memory.by)
            let route: Route?
            do throws(FormulaError) {
                route = try open(rule.routes, for: signal, noting: .signalTaken(index: index))
            } catch {
                note(error)
                emit(.signalRefused(index: index, .refused(reason: error.description)))
                continue
            }
            guard let route else { continue }
            if route.to != nil {
                try leave(by: route, cause: "signal \(memory.name)")
                return false
            }
            if !route.set.isEmpty { hasSet = true }
        }
        return hasSet
    }
}

extension SignalSent {
    fileprivate func memory(_ verdict: SignalVerdict) -> Saga.SignalMemory {
        Saga.SignalMemory(name: name, id: id, data: data, by: by, verdict: verdict)
    }
}
