import SagaCore

extension WorkflowReader {
    /// Judges the states as a graph; gives the workflow with what follows from it: where a cancel leads.
    mutating func checkGraph(_ workflow: Workflow, cancel: Place?, states place: Place) -> Workflow {
        var workflow = workflow
        guard !workflow.states.isEmpty else { return workflow }
        let names = workflow.states.map(\.name)
        let known = Set(names)
        for target in targets where !known.contains(target.name) {
            isGraphIncomplete = true
            error(
                .noSuchState, target.place,
                "no such state '\(target.name)'\(Spelling.hint(for: target.name, among: names))")
        }
        checkCancel(&workflow, cancel, place)
        checkSafety(workflow)
        guard workflow.states.contains(where: { $0.end != nil }) else {
            error(.noFinalState, place, "no state has 'end: succeeded' or 'end: cancelled'; a saga could never end")
            return workflow
        }
        guard !isGraphIncomplete, known.contains(workflow.initial) else { return workflow }
        checkReachable(workflow)
        checkEnds(workflow)
        checkLoops(workflow)
        checkReentries(workflow)
        checkRetries(workflow)
        return workflow
    }

    private mutating func checkCancel(_ workflow: inout Workflow, _ cancel: Place?, _ place: Place) {
        let ends = workflow.states.filter { $0.end == .cancelled }.map(\.name)
        if let name = workflow.cancelTarget, let cancel {
            guard let state = workflow.state(name), state.end != .cancelled else { return }
            let hint = ends.isEmpty ? "" : "; there is \(ends.map { "'\($0)'" }.joined(separator: ", "))"
            error(
                .cancelTargetNotCancelled, cancel,
                "a cancel must lead to a state with 'end: cancelled', '\(name)' is none\(hint)")
        } else if ends.count > 1 {
            let list = ends.map { "'\($0)'" }.joined(separator: ", ")
            error(.cancelAmbiguous, place, "\(list) all have 'end: cancelled'; say with 'cancel:' where a cancel leads")
        } else {
            workflow.cancelTarget = ends.first
        }
    }

    private mutating func checkReachable(_ workflow: Workflow) {
        var reached: Set<String> = []
        var next = [workflow.initial, workflow.cancelTarget, workflow.deadline?.to].compactMap { $0 }
        while let name = next.popLast() {
            guard reached.insert(name).inserted else { continue }
            next += workflow.state(name)?.targets ?? []
        }
        for state in workflow.states where !reached.contains(state.name) {
            error(.unreachableState, state.place, "nothing leads to state '\(state.name)'")
        }
    }

    private mutating func checkEnds(_ workflow: Workflow) {
        var sources: [String: [String]] = [:]
        for state in workflow.states {
            for target in state.targets { sources[target, default: []].append(state.name) }
        }
        var ending: Set<String> = []
        var next = workflow.states.filter { $0.end != nil }.map(\.name)
        while let name = next.popLast() {
            guard ending.insert(name).inserted else { continue }
            next += sources[name] ?? []
        }
        // A deadline leads out of every state, whatever else is missing.
        guard workflow.deadline == nil else { return }
        for state in workflow.states where state.end == nil {
            let waits = state.signals.contains(where: \.leadsOn) || !state.after.isEmpty
            if state.then.isEmpty, !waits {
                let after = state.step.map { ", once '\($0.call)' has succeeded" } ?? ""
                error(
                    .noWayOut, state.place,
                    "nothing leads out of state '\(state.name)'\(after); give it 'then', 'signals' or 'after', or 'end'"
                )
            } else if !ending.contains(state.name) {
                error(.noWayToAnEnd, state.place, "no way leads from state '\(state.name)' to a final state")
            }
        }
    }

    /// States without a call pass on at once: a circle of them would turn for ever inside one commit.
    private mutating func checkLoops(_ workflow: Workflow) {
        var done: Set<String> = []
        for start in workflow.states where start.passesOn && !done.contains(start.name) {
            var path: [String] = []
            var stack: [(name: String, targets: [String])] = [(start.name, start.then.compactMap(\.to))]
            path.append(start.name)
            while let top = stack.last {
                guard let target = top.targets.first else {
                    done.insert(top.name)
                    stack.removeLast()
                    path.removeLast()
                    continue
                }
                stack[stack.count - 1].targets.removeFirst()
                if let from = path.firstIndex(of: target) {
                    report(loop: Array(path[from...]), workflow)
                } else if !done.contains(target), let state = workflow.state(target), state.passesOn {
                    stack.append((target, state.then.compactMap(\.to)))
                    path.append(target)
                }
            }
        }
    }

    private mutating func report(loop: [String], _ workflow: Workflow) {
        guard let first = loop.first, let place = workflow.state(first)?.place else { return }
        let way = (loop + [first]).map { "'\($0)'" }.joined(separator: " -> ")
        error(.loopWithoutWait, place, "a loop that no call, signal or timer interrupts: \(way)")
    }

    /// A signal that leads back into its state starts the state's timers again: who nudges puts off what should come.
    private mutating func checkReentries(_ workflow: Workflow) {
        for state in workflow.states where !state.after.isEmpty {
            for signal in state.signals {
                guard let route = signal.routes.first(where: { $0.to == state.name }) else { continue }
                note(
                    .timersStartAgain, route.place,
                    "signal '\(signal.name)' enters '\(state.name)' anew, and its 'after' starts again; "
                        + "write 'stay' where the timers are to go on")
            }
        }
    }

    private mutating func checkRetries(_ workflow: Workflow) {
        guard workflow.deadline == nil else { return }
        // After the pivot a step is retried until it is done: there is no way back.
        let retriable = workflow.statesAfterPivot
        for state in workflow.states where state.after.isEmpty && !retriable.contains(state.name) {
            guard let step = state.step, step.retry.attempts == nil else { continue }
            let place = retryPlaces[state.name]
            if state.cancel != .allow {
                error(
                    .retryWithoutEnd, place ?? state.place,
                    "state '\(state.name)' retries '\(step.call)' without end and takes no cancel; give it 'attempts', 'after' or a 'deadline'"
                )
            } else if let place {
                warning(
                    .retryWithoutEnd, place,
                    "state '\(state.name)' retries '\(step.call)' until a cancel; 'attempts', 'after' or a 'deadline' would end it"
                )
            }
        }
    }
}

extension SignalRule {
    /// Whether it can lead out of its state; one that is kept, refused or stays does not.
    var leadsOn: Bool { routes.contains { $0.to != nil } }
}

extension State {
    /// Goes on by `then` at once, without a call that takes its time.
    fileprivate var passesOn: Bool { step == nil && end == nil && !then.isEmpty }
}
