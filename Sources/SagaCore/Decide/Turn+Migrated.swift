extension Turn {
    /// Goes on by the version that this turn decides in, when everything that the saga needs is there.
    mutating func migrated(_ sent: MigrateSent) throws(Rejection) {
        let obstacles = saga.obstacles(to: workflow)
        guard obstacles.isEmpty else { throw .cannotMigrate(obstacles) }
        let timers = saga.timersSet(by: workflow)
        emit(.migrated(version: workflow.version, digest: workflow.digest, reason: sent.reason, by: sent.by))
        for case .success(let timer) in timers { emit(.timerSet(name: timer.name, due: timer.due)) }
    }
}

extension Saga {
    /// Why the saga cannot go on by that version of its workflow, a sentence each; empty when it can.
    public func obstacles(to workflow: Workflow) -> [String] {
        if end != nil { return ["it has ended"] }
        if workflow.name != self.workflow { return ["'\(workflow.name)' is another workflow than '\(self.workflow)'"] }
        if workflow.version == version { return ["it is of version \"\(version)\" already"] }
        var obstacles: [String] = []
        // Before its first state it is in none.
        for name in [state, exit?.to ?? "", undoingFor ?? ""] where !name.isEmpty && workflow.state(name) == nil {
            obstacles.append("version \"\(workflow.version)\" has no state '\(name)'")
        }
        for run in steps where run.isOutstanding {
            guard let step = workflow.state(run.state)?.step, step.call == run.call else {
                obstacles.append("version \"\(workflow.version)\" has no step '\(run.call)' in state '\(run.state)'")
                continue
            }
            if run.traits.contains(.undoable), case .none = step.compensation {
                obstacles.append("version \"\(workflow.version)\" does not say how '\(run.call)' is undone")
            }
        }
        for case .failure(let obstacle) in timersSet(by: workflow) { obstacles.append(obstacle.text) }
        return obstacles
    }

    /// A timer that cannot be set.
    fileprivate struct Unset: Error {
        var text: String
    }

    /// The timers that the saga has under that version (decision 0017): what it says for the state, counted from when the state was
    /// entered, and for the whole saga, from its start. What has fired is not set again, and what both versions have keeps its time.
    fileprivate func timersSet(by workflow: Workflow) -> [Result<SagaTimer, Unset>] {
        // What undoes has none.
        guard undoingFor == nil else { return [] }
        var set: [Result<SagaTimer, Unset>] = []
        if let deadline = workflow.deadline {
            // Its name is always the same, and says nothing of how long it is.
            let rule = TimerRule(name: SagaTimer.deadline, due: deadline.after, route: Route(to: deadline.to))
            set += timer(rule, since: startedAt, of: "the deadline", in: workflow, keeping: false)
        }
        // On its way out the state's are gone already.
        guard exit == nil, let state = workflow.state(state) else { return set }
        for rule in state.after {
            set += timer(rule, since: enteredAt, of: "timer '\(rule.name)' of state '\(state.name)'", in: workflow)
        }
        return set
    }

    private func timer(
        _ rule: TimerRule, since: Instant, of what: String, in workflow: Workflow, keeping: Bool = true
    ) -> [Result<SagaTimer, Unset>] {
        guard !firedTimers.contains(rule.name) else { return [] }
        if keeping, let known = timers.first(where: { $0.name == rule.name }) { return [.success(known)] }
        do throws(FormulaError) {
            return [.success(SagaTimer(name: rule.name, due: try due(rule.due, since: since), number: 0))]
        } catch {
            return [.failure(Unset(text: "version \"\(workflow.version)\" cannot set \(what): \(error)"))]
        }
    }
}
