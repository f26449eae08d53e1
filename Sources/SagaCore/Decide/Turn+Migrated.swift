extension Turn {
    /// Goes on by the version that this turn decides in, when everything that the saga needs is there.
    mutating func migrated(_ sent: MigrateSent) throws(Rejection) {
        let obstacles = saga.obstacles(to: workflow)
        guard obstacles.isEmpty else { throw .cannotMigrate(obstacles) }
        emit(.migrated(version: workflow.version, digest: workflow.digest, reason: sent.reason, by: sent.by))
    }
}

extension Saga {
    /// Why the saga cannot go on by that version of its workflow, a sentence each; empty when it can.
    public func obstacles(to workflow: Workflow) -> [String] {
        if end != nil { return ["it has ended"] }
        if workflow.name != self.workflow { return ["'\(workflow.name)' is another workflow than '\(self.workflow)'"] }
        if workflow.version == version { return ["it is of version \"\(version)\" already"] }
        var obstacles: [String] = []
        for name in [state, exit?.to, undoingFor].compactMap({ $0 }) where workflow.state(name) == nil {
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
        return obstacles
    }
}
