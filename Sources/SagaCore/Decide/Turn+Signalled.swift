import CEL

extension Turn {
    /// A signal is handled, deferred or refused with the reason; the same id gets its first answer again (rule 20).
    mutating func signalled(_ signal: SignalSent) throws(Rejection) -> SignalVerdict {
        if let id = signal.id, let before = saga.signal(id: id) { return before.verdict }
        if let end = saga.end { return .refused(reason: "the saga has ended (\(end.name))") }
        guard saga.signals.count < SagaLimits.signalsMax else {
            throw .full(what: "signals", max: SagaLimits.signalsMax)
        }
        var verdict = SignalVerdict.refused(reason: "")
        orStuck { turn throws(FormulaError) in
            do throws(FormulaError) {
                verdict = try turn.judge(signal)
            } catch {
                verdict = .refused(reason: error.description)
                throw error
            }
        }
        return verdict
    }

    private mutating func judge(_ signal: SignalSent) throws(FormulaError) -> SignalVerdict {
        if let reason = reasonToRefuse() { return remember(signal, .refused(reason: reason)) }
        guard let rule = workflow.state(saga.state)?.signals.first(where: { $0.name == signal.name }) else {
            return remember(signal, .refused(reason: "state '\(saga.state)' does not take signal '\(signal.name)'"))
        }
        switch rule.action {
        case .defer:
            return remember(signal, .deferred)
        case .refuse:
            return remember(signal, .refused(reason: "state '\(saga.state)' refuses signal '\(signal.name)'"))
        case .routes(let routes):
            guard let route = try firstRoute(routes, .signal(signal)) else {
                let reason = "no condition of state '\(saga.state)' lets signal '\(signal.name)' through"
                return remember(signal, .refused(reason: reason))
            }
            let verdict = remember(signal, .handled)
            try take(route, .signal(signal), cause: "signal \(signal.name)")
            return verdict
        }
    }

    private func reasonToRefuse() -> String? {
        if let stuck = saga.stuck { return "the saga is stuck: \(stuck.message)" }
        if let target = saga.undoingFor { return "the saga is being undone on its way to '\(target)'" }
        if let exit = saga.exit { return "the saga is leaving '\(saga.state)' for '\(exit.to)' (\(exit.cause))" }
        return nil
    }

    /// A refused signal without an id leaves no trace: nothing could ask for its answer again.
    private mutating func remember(_ signal: SignalSent, _ verdict: SignalVerdict) -> SignalVerdict {
        if case .refused = verdict, signal.id == nil { return verdict }
        emit(
            .signalled(
                Saga.SignalMemory(
                    name: signal.name, id: signal.id, data: signal.data.stored, by: signal.by, verdict: verdict)))
        return verdict
    }

    /// Takes the first deferred signal that the state has a way for; one that it refuses stays deferred.
    mutating func takeDeferredSignal(in state: State) throws(FormulaError) {
        guard saga.exit == nil, saga.end == nil, saga.undoingFor == nil, saga.stuck == nil else { return }
        for (index, memory) in saga.signals.enumerated() where memory.verdict == .deferred {
            guard let rule = state.signals.first(where: { $0.name == memory.name }) else { continue }
            let signal = SignalSent(name: memory.name, id: memory.id, data: memory.data, by: memory.by)
            guard let route = try firstRoute(rule.routes, .signal(signal)) else { continue }
            emit(.signalTaken(index: index))
            return try take(route, .signal(signal), cause: "signal \(memory.name)")
        }
    }
}
