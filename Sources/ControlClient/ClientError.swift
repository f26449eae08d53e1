public import ControlAPI

/// Why the client has no answer, or not the one that was asked for.
public enum ClientError: Error, Sendable {
    /// There is no daemon at the socket, or it does not let us in. The request was not sent.
    case unreachable(path: String, cause: String)
    /// The request may have been sent, and no whole answer came: what a command did is not known.
    case interrupted(path: String, cause: String)
    /// The daemon's own answer: why it did not do it.
    case problem(WireProblem)
    /// What answered is no yogiyogid, or one of another version.
    case protocolViolation(String)
}

extension ClientError: CustomStringConvertible {
    public var description: String {
        switch self {
        case .unreachable(let path, let cause): "cannot reach the daemon at '\(path)' (\(cause))"
        case .interrupted(let path, let cause): "no answer from the daemon at '\(path)' (\(cause))"
        case .problem(let problem): problem.detail
        case .protocolViolation(let what): "not understood: \(what)"
        }
    }
}
