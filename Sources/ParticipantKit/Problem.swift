public import CEL
import Hummingbird

/// An error as a participant answers it: RFC 9457 `application/problem+json`.
///
/// `code` is what programs switch on: the saga engine reads it from the last segment of `type` or from the member `code`.
public struct Problem: Error, Sendable, Equatable, CustomStringConvertible {
    /// The HTTP status, 400 to 599.
    public var status: Int
    /// A stable word with dashes: `card-declined`.
    public var code: String
    /// A sentence that is the same for all problems with this code.
    public var title: String
    /// What happened here, which one it was, and what to do next. Never a secret.
    public var detail: String
    /// Whole seconds after which a repetition makes sense; sent as `Retry-After`.
    public var retryAfter: Int?
    /// What it says about the key of the call; `nil`: nothing, as the key was not looked at, or what became of it is not known.
    public var outcome: SagaOutcome?
    /// Further members, in order, for programs.
    public var members: [(String, Value)]

    /// A problem; `members` come after the standard ones.
    public init(
        _ status: Int, _ code: String, title: String, detail: String, retryAfter: Int? = nil,
        outcome: SagaOutcome? = nil, members: [(String, Value)] = []
    ) {
        self.status = status
        self.code = code
        self.title = title
        self.detail = detail
        self.retryAfter = retryAfter
        self.outcome = outcome
        self.members = members
    }

    /// `code: detail`.
    public var description: String { "\(code): \(detail)" }

    /// Equal when a caller would read the same.
    public static func == (one: Problem, other: Problem) -> Bool {
        one.answer(from: "x") == other.answer(from: "x") && one.retryAfter == other.retryAfter
            && one.outcome == other.outcome
    }

    /// The answer that participant `name` gives: `type` is `urn:NAME:problem:CODE`.
    public func answer(from name: String) -> KeptAnswer {
        let standard: [(String, Value)] = [
            ("type", .string("urn:\(name):problem:\(code)")), ("title", .string(title)),
            ("status", .int(Int64(status))),
            ("detail", .string(detail)), ("code", .string(code)),
        ]
        return KeptAnswer(status: status, .map(MapValue(standard + members)))
    }

    func response(from name: String) -> Response {
        var response = answer(from: name).response(saying: outcome)
        if let retryAfter { response.headers[.retryAfter] = String(retryAfter) }
        return response
    }
}

extension Problem {
    /// The request cannot be taken as it is: a definite refusal, nothing happened (422).
    public static func invalid(_ detail: String) -> Problem {
        Problem(422, "invalid", title: "The request is not valid", detail: detail)
    }

    /// The call is at work, or will be, and is answered later: to be given by an operation as ``OperationOutcome/unanswered(_:)`` (409). Whoever
    /// calls asks again by the same key.
    public static func inProgress(_ detail: String, retryAfter: Int = 1) -> Problem {
        Problem(
            409, "in-progress", title: "The call is in progress", detail: detail, retryAfter: retryAfter,
            outcome: .pending)
    }

    /// The storage could not take it; nothing was stored, so the same key may be tried again (503).
    static func storage(_ cause: any Error) -> Problem {
        Problem(
            503, "storage", title: "The storage is not available",
            detail: "nothing was stored (\(cause)); try again with the same Idempotency-Key", retryAfter: 1,
            outcome: .retry)
    }

    /// The commit failed: it may be on the disk all the same (503).
    static func uncertain(_ cause: any Error) -> Problem {
        Problem(
            503, "storage", title: "The storage is not available",
            detail: "whether it was stored is not known (\(cause)); try again with the same Idempotency-Key",
            retryAfter: 1)
    }

    /// More requests wait than the storage keeps up with (429).
    static func busy(limit: Int) -> Problem {
        Problem(
            429, "busy", title: "Too many requests are waiting",
            detail: "\(limit) requests wait for the storage already; try again with the same Idempotency-Key",
            retryAfter: 1, outcome: .retry)
    }

    static func fenced(_ key: String) -> Problem {
        Problem(
            409, "fenced", title: "This call was undone before it came",
            detail: "a compensation for the key '\(key)' came first and left a tombstone: the call is refused for good",
            outcome: .refused)
    }

    static func keyReuse(_ detail: String) -> Problem {
        Problem(422, "key-reuse", title: "The idempotency key belongs to another request", detail: detail)
    }
}
