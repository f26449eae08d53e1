public import CEL

/// A named node of a workflow.
public struct State: Sendable, Hashable {
    /// Unique in its workflow; what ``Saga/state`` and every route say.
    public var name: String
    /// Where the state begins in its file.
    public var place: Place
    /// The call that is made on entering; `nil` for a state that only waits or passes on.
    public var step: Step?
    /// Tried in order when the step succeeded, or at once where there is no call; empty: the saga stays and waits.
    public var then: [Route]
    /// Tried in order on a definite no.
    public var refused: [RefusedRoute]
    /// One for each signal that it declares, in the order of the file; any other is refused by name.
    public var signals: [SignalRule]
    /// In the order of the file; all are set on entering (without a call, after `set`) and gone on leaving.
    public var after: [TimerRule]
    /// `allow` unless the file says otherwise.
    public var cancel: CancelRule
    /// Kept in `vars` when the step succeeded; without a call on entering, before the timers are set and `then` is tried.
    public var set: [Assignment]
    /// Not `nil` makes the state final; it has nothing else then.
    public var end: End?

    /// Without more than a name, a state that stays and waits for a cancel.
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
        return (targets + after.map(\.route.to)).compactMap { $0 }
    }
}

/// One way on: taken when `when` holds (always, when `nil`).
public struct Route: Sendable, Hashable {
    /// Must give a boolean; anything else makes the saga stuck, as an expression that fails does.
    public var when: Formula?
    /// Kept in `vars` when the route is taken, before its target is entered.
    public var set: [Assignment]
    /// The name of a state of the same workflow; `nil`: the saga stays where it is, its timers and the call in flight untouched. Only a
    /// signal may have that.
    public var to: String?
    /// Where the route stands in its file.
    public var place: Place

    /// A route to `to`, taken when `when` holds.
    public init(when: Formula? = nil, set: [Assignment] = [], to: String?, place: Place = Place(line: 1, column: 1)) {
        self.when = when
        self.set = set
        self.to = to
        self.place = place
    }
}

/// One way on after a refusal; `code` limits it to refusals with that code.
public struct RefusedRoute: Sendable, Hashable {
    /// As the participant gave it (`card-declined`), or `unreachable` when the attempts were used up; `nil`: any.
    public var code: String?
    /// Where to go; its expressions see `error.code` and `error.message`.
    public var route: Route

    /// `route`, for refusals with that code alone.
    public init(code: String? = nil, route: Route) {
        self.code = code
        self.route = route
    }
}

/// What a state does with a signal that it declares.
public struct SignalRule: Sendable, Hashable {
    /// Unique in its state; what senders call the signal.
    public var name: String
    /// What happens when the signal comes while the saga is in the state.
    public var action: Action
    /// What the signal's data must be before anything else is asked of it; `nil` takes any.
    public var data: InputSchema?

    /// `action` for the signal `name`, when its data fits.
    public init(name: String, action: Action, data: InputSchema? = nil) {
        self.name = name
        self.action = action
        self.data = data
    }

    /// What is wrong with a signal's data, the first ``faultsMax`` faults; `nil`: it fits.
    public func faults(of value: Value) -> [InputSchema.Fault]? {
        guard let found = data?.faults(of: value).prefix(Self.faultsMax), !found.isEmpty else { return nil }
        return Array(found)
    }

    /// A saga remembers what it answered, so that is no longer than somebody reads.
    public static let faultsMax = 20

    /// What a state can do with a signal; in none of the three is it dropped silently (rule 20).
    public enum Action: Sendable, Hashable {
        /// Tried in order; when none fits, or one of its expressions fails, the signal is refused.
        case routes([Route])
        /// Kept until a state takes it.
        case `defer`
        case refuse
    }

    /// Tried in order; empty for a signal that is deferred or refused.
    public var routes: [Route] {
        if case .routes(let routes) = action { routes } else { [] }
    }
}

/// A way out of a state by time.
public struct TimerRule: Sendable, Hashable {
    /// Unique in its state: the text in the file (`10m`).
    public var name: String
    /// When it fires; worked out once, on entering, and then absolute (rule 21).
    public var due: Due
    /// Tried when it fires; when its condition does not hold, the saga stays and the timer is spent.
    public var route: Route

    /// A timer that tries `route` at `due`.
    public init(name: String, due: Due, route: Route) {
        self.name = name
        self.due = due
        self.route = route
    }

    /// When a timer fires, as the file says it: by a duration or by an expression.
    public enum Due: Sendable, Hashable {
        /// Milliseconds after entering.
        case after(milliseconds: Int64)
        /// At the timestamp (or, as a duration, after the time) that the expression gives on entering.
        case at(Formula)
    }
}

/// `name` in `vars` becomes the value.
public struct Assignment: Sendable, Hashable {
    /// The variable, as expressions write it behind `vars.`.
    public var name: String
    /// Evaluated with the variables as they were before; kept as it reads back from JSON.
    public var value: Template

    /// `name` becomes what `value` gives.
    public init(name: String, value: Template) {
        self.name = name
        self.value = value
    }
}
