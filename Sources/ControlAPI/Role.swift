/// What a caller of the control socket may do. Who has a role may read; `operator` may do everything.
public enum Role: String, Sendable, Hashable, CaseIterable {
    /// Reads, and no more.
    case viewer
    /// Starts sagas and cancels them.
    case starter
    /// Sends signals.
    case signaller
    /// Speaks for others with `Saga-On-Behalf-Of`, as a gateway does; what it may do beside that its other roles say.
    case front
    /// Is told what happens under a name, and acknowledges it.
    case consumer
    /// Everything, also what an operator does at night: retry, settle, terminate, jobs, reload, backup, rekey.
    case `operator`
}

extension Route {
    /// The roles that may use it with that method; empty: whoever reaches the socket may.
    public func roles(for method: String) -> [Role] {
        switch self {
        case .health: []
        case _ where method == "GET" || method == "HEAD": Role.allCases
        case .sagas, .cancel: [.starter, .operator]
        case .signal, .keyedSignal: [.signaller, .operator]
        case .acknowledge: [.consumer, .operator]
        // Who has the token may: that is what it is for.
        case .complete, .refuse, .fail, .extend, .answer: []
        default: [.operator]
        }
    }
}
