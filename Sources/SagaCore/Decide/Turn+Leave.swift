import CEL

extension Turn {
    /// Takes a route: keeps what it sets, and leaves for its state.
    mutating func take(_ route: Route, _ context: Context, cause: String) throws(FormulaError) {
        try assign(route.set, context)
        try leave(to: route.to, cause: cause)
    }

    /// Leaves the state. A call whose outcome is not definite is settled first (rule 9).
    mutating func leave(to target: String, cause: String) throws(FormulaError) {
        guard let step = saga.currentStep, !step.isSettled else { return try enter(target) }
        if saga.attempt == nil, step.effect == .none {
            emit(.disarmed(step: step.number))
            return try enter(target)
        }
        emit(.leaving(to: target, cause: cause))
    }
}
