import SagaCore

extension Evidence {
    /// In a calm world everything ends, and everybody is answered.
    var livenessViolations: [String] {
        var found: [String] = []
        if isEndless { found.append("the engine never comes to rest") }
        if openCalls > 0 { found.append("\(openCalls) calls have no end") }
        for (id, kept) in kept {
            guard let saga = kept.saga, saga.end == nil else { continue }
            found.append(
                "\(id): is \(saga.status.name) in \(saga.state) for ever \(saga.stuck.map { "(\($0.code))" } ?? "")")
        }
        let answered = Set(told.map(\.asked))
        for (index, asked) in asked.enumerated() where asked.life == lives && !answered.contains(index) {
            found.append("nobody answered \(asked.command.ask)")
        }
        let started = Set(
            told.compactMap { told in
                if case .success = told.result, case .start = asked[told.asked].command.ask {
                    asked[told.asked].command.saga
                } else {
                    nil
                }
            })
        for asked in asked {
            if case .start = asked.command.ask, !started.contains(asked.command.saga) {
                found.append("the start of saga \(asked.command.saga) was never heard")
            }
        }
        return found
    }
}
