import CEL
import NIOHTTP1
import SagaCore

/// What an answer says about an attempt (semantics.md, rules 7 and 8; control.md, "What a participant is sent").
///
/// | status | outcome |
/// | --- | --- |
/// | 2xx with JSON, 2xx without a body | succeeded |
/// | 2xx with a body that is no JSON | unknown |
/// | 408, 409 with the code `in-progress` | unknown, tried again after `Retry-After` |
/// | 425, 429 | unreached: nothing was done, tried again after `Retry-After` |
/// | 401 of one with a token, 401 and 403 with `WWW-Authenticate`, 407 | unreached: about who calls, not about the call |
/// | other 4xx | refused |
/// | 5xx | unknown, tried again after `Retry-After`; 503 too, as it may have taken effect |
/// | all else | unknown |
enum OutcomeRules {
    /// The longest message that goes into a history, in bytes.
    static let messageBytesMax = 1_000
    /// The longest code, in bytes; workflows compare with it.
    static let codeBytesMax = 128

    /// - Parameters:
    ///   - body: as received; empty when there was none.
    ///   - now: for a `Retry-After` that is a date.
    ///   - hasToken: whether the call carried a token.
    static func outcome(
        status: HTTPResponseStatus, headers: HTTPHeaders, body: [UInt8], now: Instant, hasToken: Bool = false
    ) -> Outcome {
        if refusesCaller(status, headers, hasToken: hasToken) {
            return .unreached(
                message: said(status, Problem(body)) + "; it did not accept who calls, and did nothing",
                retryAfter: RetryAfter.milliseconds(headers, now: now))
        }
        switch status.code {
        case 200..<300: return success(status, body)
        case 400..<500: return refusal(status, headers, body, now)
        case 500..<600:
            return .unknown(
                message: said(status, Problem(body)), retryAfter: RetryAfter.milliseconds(headers, now: now))
        case 300..<400:
            return .unknown(message: "answered \(line(status)); redirects are not followed")
        default:
            return .unknown(message: "answered \(line(status)), which is no outcome")
        }
    }

    /// Whether the answer is about who calls and not about the call, which was not looked at: 401 and 407 (RFC 9110, 15.5.2 and
    /// 15.5.8), and 403 where it asks for other credentials (RFC 6750, 3.1). That is no refusal of what a guest wants, and says
    /// nothing of an earlier attempt with the same key (decision 0011). A participant that uses no token and names no way to prove
    /// who calls means the call.
    static func refusesCaller(_ status: HTTPResponseStatus, _ headers: HTTPHeaders, hasToken: Bool) -> Bool {
        let asksForProof = headers.contains(name: "WWW-Authenticate")
        return switch status.code {
        case 401: hasToken || asksForProof
        case 403: asksForProof
        case 407: true
        default: false
        }
    }

    /// Whether an answer shows that the participant is at work, so that its breaker may close: also when it asks for patience.
    static func showsLife(_ outcome: Outcome, status: HTTPResponseStatus) -> Bool {
        switch outcome {
        case .succeeded, .refused: true
        case .unreached, .unknown: [409, 425, 429].contains(status.code)
        }
    }

    private static func success(_ status: HTTPResponseStatus, _ body: [UInt8]) -> Outcome {
        if body.allSatisfy(isSpace) { return .succeeded(result: nil) }
        do {
            _ = try JSON.parse(body)
            return .succeeded(result: body)
        } catch {
            return .unknown(message: clipped("answered \(line(status)) with a body that is no JSON: \(error)"))
        }
    }

    private static func refusal(
        _ status: HTTPResponseStatus, _ headers: HTTPHeaders, _ body: [UInt8], _ now: Instant
    ) -> Outcome {
        let problem = Problem(body)
        let code = problem?.code ?? String(status.code)
        switch (status.code, code) {
        case (408, _), (409, "in-progress"):
            return .unknown(message: said(status, problem), retryAfter: RetryAfter.milliseconds(headers, now: now))
        case (425, _), (429, _):
            return .unreached(message: said(status, problem), retryAfter: RetryAfter.milliseconds(headers, now: now))
        default:
            let message = problem?.message ?? status.reasonPhrase
            return .refused(code: clipped(code, to: codeBytesMax), message: clipped(message.isEmpty ? code : message))
        }
    }

    private static func said(_ status: HTTPResponseStatus, _ problem: Problem?) -> String {
        clipped("answered \(line(status))" + (problem?.message.map { ": \($0)" } ?? ""))
    }

    private static func line(_ status: HTTPResponseStatus) -> String {
        status.reasonPhrase.isEmpty ? "\(status.code)" : "\(status.code) \(status.reasonPhrase)"
    }

    /// At most so many bytes, cut between characters: what a participant sends must not make a history grow without bound (rule 24).
    static func clipped(_ text: String, to bytesMax: Int = messageBytesMax) -> String {
        guard text.utf8.count > bytesMax else { return text }
        var end = text.utf8.index(text.startIndex, offsetBy: bytesMax - 3)
        while end > text.startIndex, end.samePosition(in: text.unicodeScalars) == nil {
            end = text.utf8.index(before: end)
        }
        return text[..<end] + "…"
    }

    private static func isSpace(_ byte: UInt8) -> Bool {
        byte == 0x20 || byte == 0x0A || byte == 0x0D || byte == 0x09
    }
}
