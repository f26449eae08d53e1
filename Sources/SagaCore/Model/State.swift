/// A named node of a workflow.
public struct State: Sendable, Hashable {
    public var name: String
    public var place: Place
    /// The call that is made on entering; `nil` for a state that only waits or passes on.
    public var step: Step?
    /// Tried in order when the step succeeded, or at once where there is no call; empty: the saga stays and waits.
    public var then: [Route]
    /// Tried in order on a definite no.
    public var refused: [RefusedRoute]
    public var signals: [SignalRule]
    public var after: [TimerRule]
    public var cancel: CancelRule
    /// Kept in `vars` when the step succeeded (or at once, without a call).
    public var set: [Assignment]
    /// Not `nil` makes the state final; it has nothing else then.
    public var end: End?

    public init(
        name: String, place: Place = Place(line: 1, column: 1), step: Step? = nil, then: [Route] = [],
        refused: [RefusedRoute] = [], signals: [SignalRule] = [], after: [TimerRule] = [], cancel: CancelRule = .allow,
        set: [Assignment] = [], end: End? = nil
    ) {
        self.name = name
        self.place = place
        self.step = step
        self.then = then
        self.refused = refused
        self.signals = signals
        self.after = after
        self.cancel = cancel
        self.set = set
        self.end = end
    }

    /// How a final state ends the saga; entering `cancelled` undoes everything first.
    public enum End: String, Sendable, Hashable, CaseIterable {
        case succeeded, cancelled
    }

    /// What a cancel does while the saga is in this state (semantics.md, rules 17-19).
    public enum CancelRule: String, Sendable, Hashable, CaseIterable {
        case allow, `defer`, refuse
    }

    /// The names of all states that can follow this one, in the order of the file, with repetitions.
    public var targets: [String] {
        var targets = then.map(\.to) + refused.map(\.route.to)
        for signal in signals { targets += signal.routes.map(\.to) }
        return targets + after.map(\.route.to)
    }
}

/// One way on: taken when `when` holds (always, when `nil`).
public struct Route: Sendable, Hashable {
    public var when: Formula?
    public var set: [Assignment]
    public var to: String
    public var place: Place

    public init(when: Formula? = nil, set: [Assignment] = [], to: String, place: Place = Place(line: 1, column: 1)) {
        self.when = when
        self.set = set
        self.to = to
        self.place = place
    }
}

/// One way on after a refusal; `code` limits it to refusals with that code.
public struct RefusedRoute: Sendable, Hashable {
    public var code: String?
    public var route: Route

    public init(code: String? = nil, route: Route) {
        self.code = code
        self.route = route
    }
}

/// What a state does with a signal that it declares.
public struct SignalRule: Sendable, Hashable {
    public var name: String
    public var action: Action

    public init(name: String, action: Action) {
        self.name = name
        self.action = action
    }

    public enum Action: Sendable, Hashable {
        /// Tried in order; when none fits, the signal is refused.
        case routes([Route])
        /// Kept until a state takes it.
        case `defer`
        case refuse
    }

    var routes: [Route] {
        if case .routes(let routes) = action { routes } else { [] }
    }
}

/// A way out of a state by time.
public struct TimerRule: Sendable, Hashable {
    /// Unique in its state: the text in the file (`10m`).
    public var name: String
    public var due: Due
    public var route: Route

    public init(name: String, due: Due, route: Route) {
        self.name = name
        self.due = due
        self.route = route
    }

    public enum Due: Sendable, Hashable {
        /// Milliseconds after entering.
        case after(milliseconds: Int64)
        /// At the timestamp (or, as a duration, after the time) that the expression gives on entering.
        case at(Formula)
    }
}

/// `name` in `vars` becomes the value.
public struct Assignment: Sendable, Hashable {
    public var name: String
    public var value: Template

    public init(name: String, value: Template) {
        self.name = name
        self.value = value
    }
}
