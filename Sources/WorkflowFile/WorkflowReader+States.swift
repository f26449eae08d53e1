import CEL
import SagaCore

extension WorkflowReader {
    /// More states than anybody can draw.
    static let statesMax = 500

    mutating func states(_ node: YAMLNode, _ defaults: Defaults) -> [State] {
        guard let entries = named(node, "'states'", .state) else {
            isGraphIncomplete = true
            return []
        }
        if entries.isEmpty {
            error(.empty, node.place, "'states' is empty; a workflow has at least an initial and a final state")
        }
        if entries.count > Self.statesMax {
            error(.outOfRange, node.place, "\(entries.count) states; the most is \(Self.statesMax)")
        }
        return entries.prefix(Self.statesMax).map { state($0, defaults) }
    }

    private mutating func state(_ entry: YAMLNode.Entry, _ defaults: Defaults) -> State {
        var state = State(name: entry.key, place: entry.keyPlace)
        let what = "state '\(entry.key)'"
        guard let fields = fields(entry.value, what, keys: Keys.state) else {
            isGraphIncomplete = true
            return state
        }
        for key in Keys.later where fields[key] != nil {
            error(.notSupportedYet, fields.keyPlace(key), "'\(key)' is not supported yet")
            isGraphIncomplete = true
        }
        if let end = fields["end"] {
            return final(state, end, entry.value.entries ?? [])
        }
        state.step = step(fields, entry.key, defaults)
        let scope = Site(state.step == nil ? .common : .afterCall, "'then'")
        if let then = fields["then"] { state.then = routes(then, "'then'", scope) }
        if let set = fields["set"] { state.set = assignments(set, Site(scope.names, "'set'")) }
        if let refused = fields["refused"] { state.refused = refusedRoutes(refused, "'refused'") }
        if state.step != nil { state.refused = withDefault(state.refused, defaults.refused) }
        if let signals = fields["signals"] { state.signals = self.signals(signals) }
        if let after = fields["after"] { state.after = timers(after) }
        if let cancel = fields["cancel"].flatMap({ choice($0, "'cancel'", State.CancelRule.allCases.map(\.rawValue)) })
        {
            state.cancel = State.CancelRule(rawValue: cancel) ?? .allow
            cancelPlaces[entry.key] = fields.keyPlace("cancel")
        }
        if state.step == nil, fields["parallel"] == nil, fields["start"] == nil {
            for key in Keys.ofCall where fields[key] != nil {
                error(.keyNeedsAnother, fields.keyPlace(key), "'\(key)' needs a 'call' in the same state")
            }
        }
        checkWaysOut(state, fields)
        return state
    }

    private mutating func final(_ state: State, _ end: YAMLNode, _ entries: [YAMLNode.Entry]) -> State {
        var state = state
        let word = choice(end, "'end'", State.End.allCases.map(\.rawValue))
        // Read on as a final state even when the word is wrong: the graph is then judged as it was meant.
        state.end = word.flatMap { State.End(rawValue: $0) } ?? .succeeded
        if word == nil { isGraphIncomplete = true }
        for entry in entries where entry.key != "end" && Keys.state.contains(entry.key) {
            error(
                .finalStateWithMore, entry.keyPlace,
                "final state '\(state.name)' has '\(entry.key)'; a final state has 'end' alone")
        }
        return state
    }

    /// A state's own routes come first; the workflow's follow unless the state's take every refusal already.
    private func withDefault(_ own: [RefusedRoute], _ defaults: [RefusedRoute]) -> [RefusedRoute] {
        own.contains { $0.code == nil && $0.route.when == nil } ? own : own + defaults
    }

    /// Faults that one state shows alone, without the graph.
    private mutating func checkWaysOut(_ state: State, _ fields: Fields) {
        guard fields["parallel"] == nil, fields["start"] == nil else { return }
        if let step = state.step {
            if state.refused.isEmpty, fields["refused"] == nil {
                // After the pivot a refusal makes the saga stuck: see `checkSafety`.
                unrouted.append((state.name, step.call, fields.keyPlace("call")))
            } else if !state.refused.isEmpty, !state.refused.contains(where: { $0.code == nil && $0.route.when == nil })
            {
                error(
                    .refusalWithoutRoute, fields.keyPlace("refused"),
                    "a refusal that fits none of these routes leads nowhere; add a last '{ to: STATE }'")
            }
        }
        let waits = state.signals.contains(where: \.leadsOn) || !state.after.isEmpty
        if !state.then.isEmpty, state.then.allSatisfy({ $0.when != nil }), !waits {
            error(
                .noRouteLeft, fields.keyPlace("then"),
                "when none of these conditions holds, nothing leads on; add a last '{ to: STATE }'")
        }
    }

    mutating func timers(_ node: YAMLNode) -> [TimerRule] {
        guard let entries = node.entries else {
            error(.wrongType, node.place, "'after' must be a map of durations, as '{ 10m: STATE }', is \(node.article)")
            isGraphIncomplete = true
            return []
        }
        if entries.isEmpty { error(.empty, node.place, "'after' is empty; write '{ 10m: STATE }'") }
        var timers: [TimerRule] = []
        for entry in entries {
            let due = self.due(entry.keyNode, Site(.common, "'after'"))
            let routes = routes(entry.value, "timer '\(entry.key)'", Site(.common, "'after'"))
            if entry.value.items?.isEmpty == false {
                error(
                    .wrongType, entry.value.place,
                    "timer '\(entry.key)' must lead to a state or be one '{ when, set, to }', is a list")
            }
            guard let due, let route = routes.first else { continue }
            if let twin = timers.first(where: { $0.due.isSame(as: due) }) {
                error(
                    .timerTwice, entry.keyPlace,
                    "timers '\(twin.name)' and '\(entry.key)' of one state are due at the same time")
            }
            timers.append(TimerRule(name: entry.key, due: due, route: route))
        }
        return timers
    }

    /// A duration, or `${ … }` that gives a time stamp or a duration.
    mutating func due(_ node: YAMLNode, _ scope: Site) -> TimerRule.Due? {
        guard let scalar = node.scalar, scalar.text.unicodeScalars.contains("$") else {
            return duration(node, scope.place).map { .after(milliseconds: $0) }
        }
        let known = diagnostics.count
        let template = template(node, scope, expected: .time)
        if case .formula(let formula) = template { return .at(formula) }
        if known == diagnostics.count {
            error(.badDuration, node.place, "\(scope.place) must be a duration or one '${ }', is \(shown(node))")
        }
        return nil
    }
}

extension TimerRule.Due {
    fileprivate func isSame(as other: TimerRule.Due) -> Bool {
        switch (self, other) {
        case (.after(let left), .after(let right)): left == right
        case (.at(let left), .at(let right)): left.expression.source == right.expression.source
        default: false
        }
    }
}
