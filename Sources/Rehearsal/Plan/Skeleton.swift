import CEL
import SagaCore

/// A workflow without its data: what is left is where a saga can go.
///
/// Templates become literals, so that no expression fails for want of an input. A condition becomes a question that the explorer answers both
/// ways: it reads a member of `input` that is there only once an answer was chosen.
struct Skeleton: Sendable {
    /// What the explorer runs.
    private(set) var workflow: Workflow
    /// What the file says.
    let original: Workflow
    /// Every condition, in the order of the file.
    private(set) var conditions: [Condition] = []

    /// A `when:` whose outcome depends on data.
    struct Condition: Sendable {
        /// The text in the file.
        var source: String
        /// What the skeleton asks instead.
        var question: Formula
        /// The member of `input` that holds the answer.
        var name: String
    }

    init(_ workflow: Workflow) {
        original = workflow
        self.workflow = workflow
        let states = workflow.states.map { state($0) }
        self.workflow = Workflow(
            name: workflow.name, version: workflow.version, digest: workflow.digest, initial: workflow.initial,
            states: states, deadline: workflow.deadline.map { Deadline(after: .after(milliseconds: 1), to: $0.to) },
            cancelTarget: workflow.cancelTarget)
    }

    private mutating func state(_ state: State) -> State {
        var state = state
        state.set = []
        if var step = state.step {
            step.with = .literal(.null)
            step.retry.attempts = step.retry.attempts.map { min($0, Self.attemptsMax) }
            if case .call(var undo) = step.compensation {
                undo.with = nil
                undo.retry.attempts = undo.retry.attempts.map { min($0, Self.attemptsMax) }
                step.compensation = .call(undo)
            }
            state.step = step
        }
        state.then = state.then.map { route($0) }
        state.refused = state.refused.map { RefusedRoute(code: $0.code, route: route($0.route)) }
        state.signals = state.signals.map { rule in
            // What a signal says is left out with all other data.
            guard case .routes(let routes) = rule.action else {
                return SignalRule(name: rule.name, action: rule.action)
            }
            return SignalRule(name: rule.name, action: .routes(routes.map { route($0) }))
        }
        state.after = state.after.map {
            TimerRule(name: $0.name, due: .after(milliseconds: 1), route: route($0.route))
        }
        return state
    }

    private mutating func route(_ route: Route) -> Route {
        var route = route
        route.set = []
        if let when = route.when {
            let name = "condition\(conditions.count)"
            let question = Formula(expression: Self.expression("input.\(name)"), place: when.place)
            conditions.append(Condition(source: when.expression.source, question: question, name: name))
            route.when = question
        }
        return route
    }

    /// Of a policy that gives up, two attempts show all that there is: one that is followed by another, and the last.
    static let attemptsMax = 2

    private static func expression(_ source: String) -> Expression {
        do throws(ParseError) {
            return try Expression(source)
        } catch {
            preconditionFailure("'\(source)' is an expression: \(error)")
        }
    }
}
