import AsyncHTTPClient
import SagaCore

/// An attempt without an answer, and what is known of it (semantics.md, rules 7 and 8).
///
/// Whether it reached the participant is decided by one fact, not by the kind of error: was the head of the request written? If
/// not, nobody can have acted on it, be it that the connection was refused, the name unknown, the TLS handshake failed or the time
/// ran out before there was a connection. If it was, everything may have happened.
struct SendFailure {
    let message: String
    /// We gave up ourselves; it says nothing about the participant.
    let isOurs: Bool
    private let isHeadSent: Bool

    init(_ error: any Error, isHeadSent: Bool, timeout: Int64, _ address: ParticipantAddress) {
        self.isHeadSent = isHeadSent
        let client = error as? HTTPClientError
        isOurs = client == .cancelled || client == .alreadyShutdown
        message = OutcomeRules.clipped(Self.said(error, isHeadSent: isHeadSent, timeout: timeout, address))
    }

    var outcome: Outcome {
        isHeadSent ? .unknown(message: message) : .unreached(message: message)
    }

    private static func said(
        _ error: any Error, isHeadSent: Bool, timeout: Int64, _ address: ParticipantAddress
    ) -> String {
        switch error as? HTTPClientError {
        case .deadlineExceeded?:
            isHeadSent ? "no whole answer within \(timeout) ms" : "no connection to \(address) within \(timeout) ms"
        case .connectTimeout?: "no connection to \(address) within \(HTTPTransport.connectTimeout) ms"
        case .cancelled?: isHeadSent ? "given up while waiting for the answer" : "given up before it was sent"
        case .alreadyShutdown?: "the daemon is going down; nothing was sent"
        case .remoteConnectionClosed?:
            isHeadSent ? "the connection was closed before the whole answer came" : "the connection was closed"
        default: isHeadSent ? "\(error)" : "cannot connect to \(address): \(error)"
        }
    }
}
