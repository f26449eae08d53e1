import Glibc
import NIOCore
import NIOHTTP1
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
    /// The participant has answered, with a body that is too long or in a broken coding: it is at work.
    let isAnswered: Bool
    /// No connection could be opened, as this process or its machine may open no more files.
    let isWithoutDescriptors: Bool
    private let isHeadSent: Bool

    /// - Parameter coding: of the body that was being read, when it was decoded.
    init(_ error: any Error, isHeadSent: Bool, coding: String? = nil, timeout: Int64, _ address: ParticipantAddress) {
        self.isHeadSent = isHeadSent
        let isBroken = coding != nil && !(error is CallClient.Failure || error is HTTPParserError || error is IOError)
        isAnswered = error is HTTPExchange.BodyTooLong || isBroken
        let client = error as? CallClient.Failure
        isWithoutDescriptors = !isHeadSent && Shortage.isCause(of: error)
        isOurs = client == .cancelled || client == .shutDown || isWithoutDescriptors
        if isBroken, !(error is HTTPExchange.BodyTooLong), let coding {
            message =
                "the body of the answer, in the coding '\(coding)', cannot be decoded to \(HTTPExchange.bodyBytesMax) bytes "
                + "at most: \(error)"
            return
        }
        if isWithoutDescriptors {
            message = Shortage.words
            return
        }
        message = OutcomeRules.clipped(Self.said(error, isHeadSent: isHeadSent, timeout: timeout, address))
    }

    /// Milliseconds until a call that found no descriptor is made again.
    private static let descriptorWait: Int64 = 1_000

    /// No connection came about: that is never for what a single call says.
    var isUnreached: Bool { !isHeadSent }

    var outcome: Outcome {
        // For want of a descriptor of ours it never left, and is no attempt.
        if isWithoutDescriptors { return .held(message: message, retryAfter: Self.descriptorWait) }
        return isHeadSent ? .unknown(message: message) : .unreached(message: message)
    }

    private static func said(
        _ error: any Error, isHeadSent: Bool, timeout: Int64, _ address: ParticipantAddress
    ) -> String {
        switch error as? CallClient.Failure {
        case .deadlineExceeded?:
            isHeadSent ? "no whole answer within \(timeout) ms" : "no connection to \(address) within \(timeout) ms"
        case .connectTimeout?:
            "no connection to \(address) within \(HTTPTransport.connectTimeout.nanoseconds / 1_000_000) ms"
        case .cancelled?: isHeadSent ? "given up while waiting for the answer" : "given up before it was sent"
        case .shutDown?: "the daemon is going down; nothing was sent"
        default: isHeadSent ? broken(error) : "cannot connect to \(address): \(plain(error))"
        }
    }

    private static func broken(_ error: any Error) -> String {
        let isEnd =
            error as? CallClient.Failure == .closed || error as? HTTPParserError == .invalidEOFState
        if isEnd { return "the connection was closed before the whole answer came" }
        if error is HTTPParserError { return "the answer is no HTTP: \(error)" }
        return error is IOError ? "the connection broke before the whole answer came: \(plain(error))" : "\(error)"
    }

    /// What the system calls it; NIO's own text names its functions.
    private static func plain(_ error: any Error) -> String {
        (error as? IOError).map { String(cString: strerror($0.errnoCode)) } ?? "\(error)"
    }
}
