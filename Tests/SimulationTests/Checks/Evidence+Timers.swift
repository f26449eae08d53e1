import SagaCore

extension Evidence {
    /// Rule 21: each timer fires once, when it is due and hardly later, in the order of (due, sequence), and not after its state was
    /// left; none is set anew while it runs.
    var timerViolations: [String] {
        kept.flatMap { id, kept in violations(in: kept).map { "\(id): \($0)" } }
    }

    private func violations(in kept: Kept) -> [String] {
        var found: [String] = []
        var timers: [(name: String, due: Int64, since: Int64)] = []
        // Once it was an operator's turn a timer may have had to wait.
        var wasHeld = false
        for (place, (at, record)) in kept.records.enumerated() {
            let now = at.milliseconds
            for timer in timers where max(timer.due, timer.since) + excuse < now && !wasHeld {
                found.append("record \(place + 1): timer \(timer.name) is \(now - timer.due) ms late")
            }
            switch record {
            case .timerSet(let name, let due):
                if timers.contains(where: { $0.name == name }) {
                    found.append("record \(place + 1): timer \(name) is set and runs already")
                }
                timers.append((name, due.milliseconds, now))
            case .timerFired(let name, let late):
                guard let timer = timers.first(where: { $0.name == name }) else {
                    found.append("record \(place + 1): timer \(name) fires and is not set")
                    continue
                }
                if timer.due > now || late != now - timer.due {
                    found.append("record \(place + 1): timer \(name) fires at \(now), it is due at \(timer.due)")
                }
                if timers.contains(where: { $0.due < timer.due }) {
                    found.append("record \(place + 1): timer \(name) fires before one that is due earlier")
                }
                timers.removeAll { $0.name == name }
            case .entered, .leaving: timers.removeAll { $0.name != SagaTimer.deadline }
            // Those of the version that it moves to follow.
            case .undoing, .ended, .migrated: timers = []
            case .stuck, .operated: wasHeld = true
            default: break
            }
        }
        return found
    }
}
