import CEL
import SagaCore

extension TypeWalk {
    /// A way to another state, or back to where the saga stays (`nil`), and what is known on it.
    struct Way {
        var to: String?
        var known: Known
    }

    /// Every way out of a state, in the order in which the engine does things there.
    mutating func ways(of state: State, from entry: Known) -> [Way] {
        spend(entry.count)
        note(entry)
        guard state.end == nil else { return [] }
        guard let step = state.step else { return ways(ofPassing: state, entry) }
        return ways(of: step, state, entry)
    }

    /// Without a call: `set`, then the timers, then `then`; and when none of that leads on, it waits.
    private mutating func ways(ofPassing state: State, _ entry: Known) -> [Way] {
        let here = setting(state.set, entry)
        note(here)
        setTimers(state, here)
        let (ways, rest) = routes(state.then, here)
        guard let rest else { return ways }
        let waiting = staying(in: state, rest)
        note(waiting)
        return ways + waysByWaiting(state, waiting, andThen: nil)
    }

    /// With a call: its request and the timers, then the answer; `set` only when that is a success.
    private mutating func ways(of step: Step, _ state: State, _ entry: Known) -> [Way] {
        let request = type(of: step.with, scope(entry)).kept
        noteRequest(request, of: step.call, state)
        setTimers(state, entry)
        let result = ValueType.of(step.result)
        let inFlight = staying(in: state, entry)
        let scope = scope(inFlight, ["result": result])
        let kept = state.set.map { (name: $0.name, type: type(of: $0.value, scope)) }
        let done = inFlight.setting(kept)
        note(done)
        // Its undo knows nothing of the signals that came meanwhile.
        judgeUndo(of: step, state, request, result, entry, entry.setting(kept))
        let (ways, rest) = routes(state.then, done, ["result": result])
        let waiting = staying(in: state, rest.map { inFlight.or($0) } ?? inFlight)
        note(waiting)
        return ways + refusals(state.refused, inFlight) + waysByWaiting(state, waiting, andThen: (state.set, result))
    }

    /// What is known after any number of signals for which the saga stays in the state.
    private mutating func staying(in state: State, _ known: Known) -> Known {
        let rules = state.signals.filter { rule in rule.routes.contains { $0.to == nil } }
        guard !rules.isEmpty else { return known }
        return silently { walk in
            var here = known
            while !walk.isExhausted {
                walk.spend(here.count)
                var after = here
                for rule in rules {
                    for way in walk.routes(rule.routes, here, ["signal": walk.signal(rule)]).ways where way.to == nil {
                        after = after.or(way.known)
                    }
                }
                if after == here { break }
                here = after
            }
            return here
        }
    }

    /// Rule 12: the step's own request and result, and the variables as they were when its outcome became definite; at its intent
    /// where it never does.
    private mutating func judgeUndo(
        of step: Step, _ state: State, _ request: ValueType, _ result: ValueType, _ entry: Known, _ done: Known
    ) {
        guard case .call(let undo) = step.compensation else { return }
        let mayBeUnknown = step.unknown != .redrive
        let names = ["request": request, "result": mayBeUnknown ? result.orNull : result]
        guard let with = undo.with else {
            var both = ValueType.Members()
            both.byName = names.mapValues { ValueType.Member($0) }
            return noteRequest(ValueType(.map, members: both), of: undo.call, state)
        }
        let scope = scope(mayBeUnknown ? entry.or(done) : done, names)
        noteRequest(type(of: with, scope, .undo(call: "\(step.call)")).kept, of: undo.call, state)
    }

    private mutating func setTimers(_ state: State, _ known: Known) {
        for rule in state.after {
            if case .at(let formula) = rule.due { _ = type(of: formula, scope(known), wanting: .time) }
        }
    }

    private mutating func setting(
        _ assignments: [Assignment], _ known: Known, _ more: [String: ValueType] = [:]
    ) -> Known {
        guard !assignments.isEmpty else { return known }
        let scope = scope(known, more)
        return known.setting(assignments.map { ($0.name, type(of: $0.value, scope)) })
    }

    /// The ways of routes that are tried in order, and what is known where none fits; `nil`: one always does.
    private mutating func routes(
        _ routes: [Route], _ known: Known, _ more: [String: ValueType] = [:]
    ) -> (ways: [Way], rest: Known?) {
        var ways: [Way] = []
        var here = known
        for route in routes {
            let (way, rest) = self.route(route, here, more)
            ways.append(way)
            guard let rest else { return (ways, nil) }
            here = rest
        }
        return (ways, here)
    }

    private mutating func route(
        _ route: Route, _ known: Known, _ more: [String: ValueType]
    ) -> (way: Way, rest: Known?) {
        guard let when = route.when else { return (Way(to: route.to, known: setting(route.set, known, more)), nil) }
        let scope = scope(known, more)
        let report = report(on: when, scope, wanting: .bool)
        var taken = scope
        taken.facts = scope.facts.and(report?.whenTrue ?? TypeFacts())
        let here = known.knowing(report?.whenTrue)
        let kept = route.set.map { (name: $0.name, type: type(of: $0.value, taken)) }
        return (Way(to: route.to, known: here.setting(kept)), known.knowing(report?.whenFalse))
    }

    /// A refusal is tried against each route whose code fits, so a condition of a code shows nothing to the routes after it.
    private mutating func refusals(_ routes: [RefusedRoute], _ entry: Known) -> [Way] {
        let error = ValueType.facts([("code", .of(.string)), ("message", .of(.string))])
        var ways: [Way] = []
        var here = entry
        for refused in routes {
            let (way, rest) = route(refused.route, here, ["error": error])
            ways.append(way)
            if refused.code == nil, let rest { here = rest }
        }
        return ways
    }

    /// Ways by signals, timers and the deadline. A call in flight is settled first, and what its state keeps of a success comes
    /// after what the way has set.
    private mutating func waysByWaiting(
        _ state: State, _ waiting: Known, andThen success: (set: [Assignment], result: ValueType)?
    ) -> [Way] {
        var found: [Way] = []
        for rule in state.signals {
            guard case .routes(let routes) = rule.action else { continue }
            found += self.routes(routes, waiting, ["signal": signal(rule)]).ways
        }
        for rule in state.after { found.append(route(rule.route, waiting, [:]).way) }
        if let deadline = workflow.deadline { found.append(Way(to: deadline.to, known: waiting)) }
        guard let success, !success.set.isEmpty else { return found }
        return silently { walk in
            found.map { way in
                let settled = walk.setting(success.set, way.known, ["result": success.result])
                return Way(to: way.to, known: way.known.or(settled))
            }
        }
    }

    /// What a signal brings. Its data is of any type where no schema is declared for it.
    private func signal(_ rule: SignalRule) -> ValueType {
        .facts([
            ("name", ValueType(.string, texts: [rule.name])), ("data", .of(rule.data)),
            ("by", ValueType([.string, .null])),
        ])
    }
}
