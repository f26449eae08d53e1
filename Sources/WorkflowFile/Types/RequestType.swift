package import CEL
package import SagaCore

/// What is known of what a call is sent, before any saga runs.
package struct RequestType: Sendable {
    /// The state whose step, or the undo of whose step, it is.
    package var state: String
    /// Where that begins in its file.
    package var place: Place
    /// What is called.
    package var call: Operation
    /// Of the request, as JSON.
    package var type: ValueType

    /// Of every call of a workflow, in the order of its states; none where it has more ways than are looked at.
    package static func all(of workflow: Workflow) -> [RequestType] {
        var walk = TypeWalk(workflow, names: Array(Set(workflow.states.flatMap(names))))
        guard workflow.state(workflow.initial) != nil else { return [] }
        walk.follow()
        if !walk.isExhausted { walk.judge() }
        return walk.isExhausted ? [] : walk.requests
    }

    /// The variables that something in a state sets.
    private static func names(_ state: State) -> [String] {
        var routes = state.then + state.refused.map(\.route) + state.after.map(\.route)
        for case .routes(let some) in state.signals.map(\.action) { routes += some }
        return (state.set + routes.flatMap(\.set)).map(\.name)
    }
}
