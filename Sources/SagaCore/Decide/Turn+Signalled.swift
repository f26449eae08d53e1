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
            signal.data = try signal.data.stored()
        } catch {
            return .refused(reason: "its data cannot be kept: \(error.message)")
        }
        let place = saga.signals.count
        var verdict = SignalVerdict.refused(reason: "")
        orStuck(next: .wait) { [signal] turn throws(FormulaError) in
            do throws(FormulaError) {
                verdict = try turn.judge(signal)
            } catch {
                // What fails once the signal is taken is the next state's: the answer is that of the history.
                let taken = turn.saga.signals.indices.contains(place) ? turn.saga.signals[place].verdict : nil
                verdict = taken ?? turn.remember(signal, .refused(reason: error.description))
                throw error
            }
        }
        return verdict
    }

    private mutating func judge(_ signal: SignalSent) throws(FormulaError) -> SignalVerdict {
        if let reason = reasonToRefuse() { return remember(signal, .refused(reason: reason)) }
        guard let rule = workflow.state(saga.state)?.signals.first(where: { $0.name == signal.name }) else {
            if signal.isEarly { return remember(signal, .deferred) }
            return remember(signal, .refused(reason: "state '\(saga.state)' does not take signal '\(signal.name)'"))
        }
        switch rule.action {
        case .defer:
            return remember(signal, .deferred)
        case .routes where saga.isPaused:
            // Kept until the saga goes on.
            return remember(signal, .deferred)
        case .refuse:
            return remember(signal, .refused(reason: "state '\(saga.state)' refuses signal '\(signal.name)'"))
        case .routes(let routes):
            guard let route = try firstRoute(routes, .signal(signal)) else {
                if signal.isEarly { return remember(signal, .deferred) }
                let reason = "no condition of state '\(saga.state)' lets signal '\(signal.name)' through"
                return remember(signal, .refused(reason: reason))
            }
            let verdict = try whole { turn throws(FormulaError) in
                let verdict = turn.remember(signal, .handled)
                try turn.assign(route.set, .signal(signal))
                return verdict
            }
            try leave(to: route.to, cause: "signal \(signal.name)")
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
                    name: signal.name, id: signal.id, data: signal.data, by: signal.by, verdict: verdict)))
        return verdict
    }

    /// Takes the first deferred signal that the state has a way for; one that it refuses stays deferred.
    mutating func takeDeferredSignal(in state: State) throws(FormulaError) {
        guard saga.exit == nil, saga.end == nil, saga.undoingFor == nil, !saga.isHeld else { return }
        for (index, memory) in saga.signals.enumerated() where memory.verdict == .deferred {
            guard let rule = state.signals.first(where: { $0.name == memory.name }) else { continue }
            let signal = SignalSent(name: memory.name, id: memory.id, data: memory.data, by: memory.by)
            guard let route = try firstRoute(rule.routes, .signal(signal)) else { continue }
            try whole { turn throws(FormulaError) in
                turn.emit(.signalTaken(index: index))
                try turn.assign(route.set, .signal(signal))
            }
            return try leave(to: route.to, cause: "signal \(memory.name)")
        }
    }
}
