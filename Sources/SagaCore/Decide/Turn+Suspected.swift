extension Turn {
    /// The daemon ended more than once while it decided on the same input of this saga: an operator looks first (rule 6). What
    /// was in flight is settled as that of any saga that is stuck.
    mutating func suspected(_ message: String) {
        guard saga.end == nil, saga.stuck == nil else { return }
        let isSettling = saga.undoingFor != nil || !(saga.currentStep?.isSettled ?? true)
        stick(.poison, message, next: saga.isPaused ? saga.next : isSettling ? .settle : .wait)
    }
}
