import Basics
import CEL
import NIOHTTP1
import SagaCore

/// What an answer says about an attempt: semantics.md, rule 7, a to f, the first that fits (decision 0011).
///
/// | | answer | outcome |
/// | --- | --- | --- |
/// | a | what a rule of `answers:` holds for | as the rule says; one that fails: unknown |
/// | b | `Saga-Outcome: succeeded`, `refused`, `retry` or `pending` | as it says |
/// | c | 2xx with JSON or without a body; 202 | succeeded; pending |
/// | | 2xx with another body | unknown, and no failure for the breaker |
/// | d | 425, 429; 401, 403 and 407 about who calls | unreached |
/// | e | 408, 5xx, 3xx, what is none of all | unknown |
/// | f | another 4xx | refused, with who says it; what that settles is for the core |
struct OutcomeRules: Sendable {
    /// Who may say no in the participant's name: the codes of its `refusals:`.
    var refusals: Set<String> = []
    /// The rules of `answers:`, the workflow's before the participant's.
    var mappings: [Mapping] = []
    /// Whether the call carried a token.
    var hasToken = false
    /// For a `Retry-After` that is a date.
    var now: Instant
    /// Whether it was asked how a call goes, and not called.
    var isQuestion = false
    /// Whether the body ended with the connection: one that was cut looks the same.
    var isOpenEnded = false

    /// A rule of `answers:`, and how messages call it: `rule 2 of 'answers' of participant 'hotel'`.
    struct Mapping: Sendable {
        var rule: AnswerRule
        var name: String
    }

    /// An outcome, and what the answer shows besides.
    struct Reading: Sendable, Hashable {
        var outcome: Outcome
        /// It is about who calls, and not about the call.
        var refusesCaller = false
        /// The participant is at work: it has read the call and answered it, be it with a no or a body that nobody reads.
        var showsLife: Bool
    }

    /// The longest message that goes into a history, in bytes.
    static let messageBytesMax = 1_000
    /// The longest code, in bytes; workflows compare with it.
    static let codeBytesMax = 128
    /// The longest `Location` that is kept, in bytes.
    static let locationBytesMax = 2_048

    /// Reads one answer; work that is bounded, and long for a long body.
    func reading(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ bytes: [UInt8]) -> Reading {
        let answer = ReadAnswer(
            status: status, headers: headers, body: AnswerBody(bytes, headers),
            retryAfter: RetryAfter.milliseconds(headers, now: now))
        if let outcome = mapped(answer), !isNotFound(answer, outcome) {
            return Reading(outcome: outcome, showsLife: answer.showsLife(outcome))
        }
        let word = answer.word
        if case .said(let meaning)? = word {
            let outcome = answer.outcome(meaning)
            return Reading(outcome: outcome, showsLife: answer.showsLife(outcome))
        }
        if refusesCaller(answer) {
            let message = answer.said + "; it did not accept who calls, and did nothing"
            let outcome = Outcome.unreached(
                message: Self.clipped(message), retryAfter: answer.retryAfter, hasLeft: true)
            return Reading(outcome: outcome, refusesCaller: true, showsLife: false)
        }
        var outcome = byStatus(answer)
        if case .unclear(let text)? = word { outcome = outcome.doubted("its 'Saga-Outcome: \(text)' is no word of it") }
        return Reading(outcome: outcome, showsLife: answer.showsLife(outcome))
    }

    /// A question that finds nothing settles nothing (rule 9), whatever a rule makes of such an answer to the call: a job's record may
    /// have gone, or another node have answered.
    private func isNotFound(_ answer: ReadAnswer, _ outcome: Outcome) -> Bool {
        guard isQuestion, [404, 410].contains(answer.status.code) else { return false }
        switch outcome {
        case .succeeded, .refused: return true
        case .unreached, .unknown, .pending, .held, .forgotten: return false
        }
    }

    private func byStatus(_ answer: ReadAnswer) -> Outcome {
        switch answer.status.code {
        case 202: return answer.outcome(.pending)
        case 200..<300: return success(answer)
        case 408: return answer.outcome(.unknown)
        case 425, 429: return answer.outcome(.retry)
        case 400..<500: return refusal(answer)
        case 500..<600: return answer.outcome(.unknown)
        case 300..<400: return .unknown(message: "answered \(answer.line); redirects are not followed")
        default: return .unknown(message: "answered \(answer.line), which is no outcome")
        }
    }

    private func success(_ answer: ReadAnswer) -> Outcome {
        switch answer.body.content {
        case .nothing where isOpenEnded && answer.body.saysJSON: cut(answer)
        case .nothing: .succeeded(result: nil)
        case .json(let value, _) where isOpenEnded && !Self.saysWhereItEnds(value): cut(answer)
        case .json(let value, let bytes): .succeeded(result: Document(read: value, from: bytes))
        case .text, .unreadable: answer.unreadable
        }
    }

    /// Objects, lists and texts do; of a number more may have been on its way.
    private static func saysWhereItEnds(_ value: Value) -> Bool {
        switch value {
        case .int, .uint, .double: false
        default: true
        }
    }

    private func cut(_ answer: ReadAnswer) -> Outcome {
        .unknown(
            message: "answered \(answer.line), and the connection ended before it was clear that the body was whole",
            retryAfter: answer.retryAfter)
    }

    /// Rule 7f: who says it decides what it settles. A page that a proxy or a framework sends is nobody's word about the key.
    private func refusal(_ answer: ReadAnswer) -> Outcome {
        let code = answer.code
        var speaker = Outcome.Speaker.stranger
        if answer.problem != nil { speaker = .unnamed }
        if refusals.contains(code) { speaker = .participant }
        if isQuestion, [404, 410].contains(answer.status.code) { speaker = .stranger }
        // It may be the participant's own: neither a no nor a stranger's.
        switch answer.body.content {
        case .unreadable where speaker == .stranger && answer.body.mayBeJSON: return answer.unreadable
        case .text where speaker == .stranger && answer.body.saysJSON && !answer.body.isPage: return answer.unreadable
        default: break
        }
        return .refused(code: code, message: answer.reason, by: speaker, retryAfter: answer.retryAfter)
    }

    /// Whether the answer is about who calls and not about the call, which was not looked at: 401 and 407 (RFC 9110, 15.5.2 and
    /// 15.5.8), and 403 where it asks for other credentials (RFC 6750, 3.1) or says no more than that to a token. That is no refusal of what a guest wants, and says
    /// nothing of an earlier attempt with the same key. A participant that uses no token and names no way to prove who calls means
    /// the call.
    private func refusesCaller(_ answer: ReadAnswer) -> Bool {
        let asksForProof = answer.headers.contains(name: "WWW-Authenticate")
        return switch answer.status.code {
        case 401: hasToken || asksForProof
        case 403: asksForProof || (hasToken && answer.problem?.code == nil)
        case 407: true
        default: false
        }
    }

    /// At most so many bytes, cut between characters: what a participant sends must not make a history grow without bound (rule 24).
    static func clipped(_ text: String, to bytesMax: Int = messageBytesMax) -> String {
        text.clipped(toBytes: bytesMax)
    }
}

extension Outcome {
    /// What is left of it where the participant has said something of the key that nobody understands: neither a yes nor a no.
    fileprivate func doubted(_ note: String) -> Outcome {
        func noted(_ message: String) -> String { OutcomeRules.clipped("\(message); \(note)") }
        return switch self {
        case .succeeded: .unknown(message: noted("answered a success"))
        case .refused(let code, let message, _, let wait):
            .unknown(message: noted(message.isEmpty ? code : message), retryAfter: wait)
        case .held, .forgotten: self
        case .unreached(let message, let wait, let hasLeft):
            .unreached(message: noted(message), retryAfter: wait, hasLeft: hasLeft)
        case .unknown(let message, let wait): .unknown(message: noted(message), retryAfter: wait)
        case .pending(let location, let message, let wait):
            .pending(location: location, message: noted(message), retryAfter: wait)
        }
    }
}
