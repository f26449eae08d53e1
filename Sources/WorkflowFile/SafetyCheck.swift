import SagaCore

/// Where a state's step and cancel say what they say, for diagnostics that need the whole graph.
struct SafetyPlaces {
    var call: Place
    var compensate: Place?
    var unknown: Place?
    var pivot: Place?
}

extension WorkflowReader {
    /// Saga safety on every path (semantics.md, rules 9 and 16): compensatable steps, then at most one pivot, then retriable steps.
    mutating func checkSafety(_ workflow: Workflow) {
        let pivots = workflow.states.filter { $0.step?.pivot == true }
        guard pivots.isEmpty || !isGraphIncomplete else { return }
        let after = workflow.statesAfterPivot
        let before = workflow.reached(from: workflow.starts, past: { $0.step?.pivot == true })
        for state in workflow.states {
            guard let step = state.step, let places = safetyPlaces[state.name] else { continue }
            checkFence(step, state, places)
            if before.contains(state.name) || !after.contains(state.name) { checkWayBack(step, state, places) }
            if after.contains(state.name) { checkAfterPivot(step, state, places) }
        }
        for (state, call, place) in unrouted where before.contains(state) || !after.contains(state) {
            error(
                .refusalWithoutRoute, place,
                "'\(call)' can be refused and state '\(state)' has no 'refused:', nor has the workflow")
        }
        for pivot in pivots { checkPivot(pivot, after, workflow) }
        for state in workflow.states where after.contains(state.name) && state.cancel != .refuse {
            guard let place = cancelPlaces[state.name] else { continue }
            error(
                .cancelAfterPivot, place,
                "state '\(state.name)' stands after the pivot, where a cancel comes too late; leave 'cancel' out")
        }
    }

    private mutating func checkFence(_ step: Step, _ state: State, _ places: SafetyPlaces) {
        guard step.unknown == .fence, case .none = step.compensation else { return }
        error(
            .fenceWithoutCompensation, places.unknown ?? places.call,
            "'unknown: fence' in state '\(state.name)' settles '\(step.call)' by its compensation, and there is none; "
                + "write 'compensate: { call: … }', or 'unknown: redrive'")
    }

    private mutating func checkWayBack(_ step: Step, _ state: State, _ places: SafetyPlaces) {
        guard places.compensate == nil, !step.pivot else { return }
        error(
            .noCompensation, places.call,
            "state '\(state.name)' calls '\(step.call)' and does not say how that is undone; "
                + "write 'compensate: { call: … }', or 'compensate: none' and 'because:'")
    }

    private mutating func checkAfterPivot(_ step: Step, _ state: State, _ places: SafetyPlaces) {
        if let place = places.compensate, case .call = step.compensation {
            error(
                .compensationAfterPivot, place,
                "state '\(state.name)' stands after the pivot, where nothing is undone; leave 'compensate' out")
        }
        if step.pivot, let place = places.pivot {
            error(
                .secondPivot, place,
                "state '\(state.name)' is a pivot after a pivot; on every path there is one at most")
        }
    }

    private mutating func checkPivot(_ pivot: State, _ after: Set<String>, _ workflow: Workflow) {
        let place = safetyPlaces[pivot.name]?.pivot ?? pivot.place
        if pivot.then.isEmpty {
            error(
                .pivotWithoutThen, place,
                "pivot '\(pivot.name)' has no 'then'; once it has succeeded, the saga must know the way forward")
        }
        for state in workflow.states where state.end == .cancelled && after.contains(state.name) {
            let way = workflow.way(from: pivot, to: state.name).map { "'\($0)'" }.joined(separator: " -> ")
            guard !way.isEmpty else { continue }
            error(
                .undoneAfterPivot, place,
                "after pivot '\(pivot.name)' a way leads to '\(state.name)', which undoes everything: \(way)")
        }
    }
}

extension Workflow {
    /// Where a saga can be without having been anywhere: the initial state, and what a cancel or the deadline leads to.
    fileprivate var starts: [String] { [initial, cancelTarget, deadline?.to].compactMap { $0 } }

    /// What can be reached once a pivot has succeeded.
    var statesAfterPivot: Set<String> {
        reached(from: states.filter { $0.step?.pivot == true }.flatMap(\.then).compactMap(\.to))
    }

    /// The states that can be reached from these, themselves among them.
    /// - Parameter past: of these states only the ways out are followed that do not need their step to succeed.
    fileprivate func reached(from names: [String], past: (State) -> Bool = { _ in false }) -> Set<String> {
        var reached: Set<String> = []
        var next = names
        while let name = next.popLast() {
            guard let state = state(name), reached.insert(name).inserted else { continue }
            let targets = state.targets
            next += past(state) ? Array(targets.dropFirst(state.then.count)) : targets
        }
        return reached
    }

    /// The shortest way from a pivot's success to a state, the pivot first; empty when there is none.
    fileprivate func way(from pivot: State, to goal: String) -> [String] {
        var ways = pivot.then.compactMap(\.to).map { [pivot.name, $0] }[...]
        var seen: Set<String> = []
        while let way = ways.popFirst() {
            guard let name = way.last, seen.insert(name).inserted else { continue }
            if name == goal { return way }
            ways += (state(name)?.targets ?? []).map { way + [$0] }
        }
        return []
    }
}
