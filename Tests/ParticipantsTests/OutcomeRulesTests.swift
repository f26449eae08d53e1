import CEL
import NIOHTTP1
import SagaCore
import Testing

@testable import Participants

@Suite("Outcome of an answer")
struct OutcomeRulesTests {
    struct Row: CustomTestStringConvertible {
        var status: Int
        var headers: HTTPHeaders = [:]
        var body = ""
        var hasToken = false
        var refusals: Set<String> = []
        var outcome: Outcome
        var showsLife = true
        var refusesCaller = false

        var testDescription: String { "\(status) \(headers.map { "\($0.name): \($0.value)" }) \(body)" }
    }

    static func yes(_ text: String?) -> Outcome { .succeeded(result: text.map { Document(bytes: Array($0.utf8)) }) }

    static func no(_ code: String, _ message: String, _ speaker: Outcome.Speaker = .unnamed) -> Outcome {
        .refused(code: code, message: message, by: speaker)
    }

    /// Rule 7c.
    static let successes: [Row] = [
        Row(status: 200, body: #"{"a":1}"#, outcome: yes(#"{"a":1}"#)),
        Row(status: 201, body: " 12 \n", outcome: yes(" 12 \n")),
        Row(status: 200, body: "\u{FEFF}{\"a\":1}", outcome: yes(#"{"a":1}"#)),
        Row(status: 200, body: "\u{FEFF}", outcome: yes(nil)),
        Row(status: 200, headers: ["Content-Type": "text/plain"], body: "[1]", outcome: yes("[1]")),
        Row(status: 200, outcome: yes(nil)), Row(status: 204, outcome: yes(nil)),
        Row(status: 200, body: " \r\n", outcome: yes(nil)),
        Row(
            status: 200, body: "OK",
            outcome: .unknown(
                message: "answered 200 OK with a body that is no JSON: 1:1: unexpected 'O' where a value is expected")),
        Row(
            status: 200, headers: ["Content-Type": "text/html"], body: "<html>",
            outcome: .unknown(
                message: "answered 200 OK with a body that is no JSON: 1:1: unexpected '<' where a value is expected")),
        Row(
            status: 200, body: #"{"a":1"#,
            outcome: .unknown(
                message: "answered 200 OK with a body that is no JSON: "
                    + "1:7: the text ends where ',' or '}' is expected")),
        Row(
            status: 202, headers: ["Location": "/jobs/7?x=1", "Retry-After": "3"], body: #"{"a":1}"#,
            outcome: .pending(location: "/jobs/7?x=1", message: "answered 202 Accepted", retryAfter: 3_000)),
        Row(status: 202, outcome: .pending(location: nil, message: "answered 202 Accepted")),
        Row(status: 202, body: "<html>", outcome: .pending(location: nil, message: "answered 202 Accepted")),
        Row(
            status: 202, headers: ["Location": ""],
            outcome: .pending(location: nil, message: "answered 202 Accepted")),
        Row(
            status: 202, headers: ["Location": "/" + String(repeating: "x", count: 2_048)],
            outcome: .pending(location: nil, message: "answered 202 Accepted")),
        // It was done, and is to be seen elsewhere.
        Row(status: 201, headers: ["Location": "/jobs/7"], body: "{}", outcome: yes("{}")),
    ]

    /// Rule 7f: 409 in all the shapes that services and those before them give it.
    static let refusals: [Row] = [
        Row(status: 409, outcome: no("409", "Conflict", .stranger)),
        Row(status: 409, body: "busy", outcome: no("409", "Conflict", .stranger)),
        Row(
            status: 409, headers: ["Content-Type": "text/html"], body: "<html>",
            outcome: no("http-409", "Conflict", .stranger)),
        Row(status: 409, body: #"["code"]"#, outcome: no("409", "Conflict", .stranger)),
        Row(status: 409, body: #""in-progress""#, outcome: no("409", "Conflict", .stranger)),
        Row(status: 409, body: "null", outcome: no("409", "Conflict", .stranger)),
        Row(status: 409, body: "{}", outcome: no("409", "Conflict")),
        Row(status: 409, body: #"{"code":"in-progress"}"#, outcome: no("in-progress", "Conflict")),
        Row(
            status: 409, headers: ["Retry-After": "1"],
            body: #"{"type":"urn:shop:problem:in-progress","title":"In progress"}"#,
            outcome: .refused(code: "in-progress", message: "In progress", by: .unnamed, retryAfter: 1_000)),
        Row(
            status: 409, body: #"{"type":"https://bank.example/docs/idempotency","title":"A request is outstanding"}"#,
            outcome: no("idempotency", "A request is outstanding")),
        Row(
            status: 409,
            body:
                #"{"error":{"code":"idempotency_key_in_use","type":"invalid_request_error","message":"In progress"}}"#,
            outcome: no("idempotency_key_in_use", "In progress")),
        Row(status: 409, body: #"{"error":"Conflict","status":409}"#, outcome: no("Conflict", "Conflict")),
        Row(status: 409, body: #"{"error":{"code":409,"message":"used"}}"#, outcome: no("409", "used")),
        Row(
            status: 402,
            body:
                #"{"error":{"code":"card_declined","decline_code":"lost_card","message":"Declined.","type":"card_error"}}"#,
            outcome: no("card_declined", "Declined. (lost_card)")),
        Row(
            status: 402, body: #"{"error":{"decline_code":"lost_card","message":"Declined."}}"#,
            outcome: no("lost_card", "Declined.")),
        Row(
            status: 400, body: #"{"error":{"type":"idempotency_error","message":"Other parameters."}}"#,
            outcome: no("idempotency_error", "Other parameters.")),
        Row(
            status: 400, body: #"{"error":"invalid_grant","error_description":"No."}"#,
            outcome: no("invalid_grant", "No.")),
        Row(status: 404, outcome: no("404", "Not Found", .stranger)),
        Row(
            status: 404, headers: ["Content-Type": "text/html"], body: "<html>",
            outcome: no("http-404", "Not Found", .stranger)),
        Row(
            status: 404, headers: ["Content-Type": "text/html; charset=iso-8859-1"], body: "<p>für</p>",
            outcome: no("http-404", "Not Found", .stranger)),
        Row(
            status: 404, headers: ["Content-Type": "text/plain"], body: #"{"code":"gone"}"#,
            outcome: no("gone", "Not Found")),
        Row(status: 499, outcome: no("499", "499", .stranger)),
        Row(
            status: 409, body: #"{"type":"https://shop.example/problems/sold-out/","title":"Sold out"}"#,
            refusals: ["sold-out"], outcome: no("sold-out", "Sold out", .participant)),
        Row(status: 404, body: "gone", refusals: ["404"], outcome: no("404", "Not Found", .participant)),
        // A page has no code that anybody can name.
        Row(
            status: 404, body: "<html>nginx</html>", refusals: ["404"],
            outcome: no("http-404", "Not Found", .stranger)),
        Row(
            status: 409, headers: ["Content-Type": "text/html"], body: "busy", refusals: ["409"],
            outcome: no("http-409", "Conflict", .stranger)),
        // Meant as the participant's own, and nobody can read it.
        Row(
            status: 422, headers: ["Content-Type": "application/json"],
            body: #"{"code":"card-declined","ref":123456789012345678901}"#, refusals: ["card-declined"],
            outcome: .unknown(
                message:
                    "answered 422 Unprocessable Entity with a body that is no JSON: 1:31: a whole number beyond 64 bits, "
                    + "which a text could carry, at '/ref'")),
        Row(
            status: 422, body: #"{"type":"about:blank","title":"Unprocessable"}"#,
            outcome: no("422", "Unprocessable")),
        Row(
            status: 400, body: #"{"code":"bad-card","type":"urn:x:other","detail":""}"#,
            outcome: no("bad-card", "Bad Request")),
        Row(status: 400, body: #"{"code":51}"#, outcome: no("51", "Bad Request")),
    ]

    /// Rules 7d and 7e.
    static let others: [Row] = [
        Row(
            status: 408, headers: ["Retry-After": "2"],
            outcome: .unknown(message: "answered 408 Request Timeout", retryAfter: 2_000)),
        Row(status: 425, outcome: .unreached(message: "answered 425", hasLeft: true)),
        Row(
            status: 429, headers: ["retry-after": "30"],
            outcome: .unreached(message: "answered 429 Too Many Requests", retryAfter: 30_000, hasLeft: true)),
        Row(
            status: 401, body: #"{"detail":"The token is over."}"#, hasToken: true,
            outcome: .unreached(
                message: "answered 401 Unauthorized: The token is over.; it did not accept who calls, and did nothing",
                hasLeft: true),
            showsLife: false, refusesCaller: true),
        Row(
            status: 401, headers: ["WWW-Authenticate": "Bearer", "Retry-After": "9"],
            outcome: .unreached(
                message: "answered 401 Unauthorized; it did not accept who calls, and did nothing", retryAfter: 9_000,
                hasLeft: true),
            showsLife: false, refusesCaller: true),
        Row(
            status: 403, headers: ["WWW-Authenticate": "Bearer error=\"insufficient_scope\""], hasToken: true,
            outcome: .unreached(
                message: "answered 403 Forbidden; it did not accept who calls, and did nothing", hasLeft: true),
            showsLife: false, refusesCaller: true),
        Row(
            status: 407,
            outcome: .unreached(
                message: "answered 407 Proxy Authentication Required; it did not accept who calls, and did nothing",
                hasLeft: true),
            showsLife: false, refusesCaller: true),
        // About the call: who says no to a guest, and who knows no tokens.
        Row(status: 403, body: #"{"code":"barred"}"#, hasToken: true, outcome: no("barred", "Forbidden")),
        Row(status: 401, body: #"{"code":"card-not-proven"}"#, outcome: no("card-not-proven", "Unauthorized")),
        Row(
            status: 500, body: #"{"detail":"boom"}"#,
            outcome: .unknown(message: "answered 500 Internal Server Error: boom"), showsLife: false),
        Row(
            status: 503, headers: ["Retry-After": "Tue, 24 Nov 2026 12:00:05 GMT"],
            outcome: .unknown(message: "answered 503 Service Unavailable", retryAfter: 5_000), showsLife: false),
        Row(
            status: 302, headers: ["Location": "/elsewhere"],
            outcome: .unknown(message: "answered 302 Found; redirects are not followed"), showsLife: false),
        Row(
            status: 101, outcome: .unknown(message: "answered 101 Switching Protocols, which is no outcome"),
            showsLife: false),
        Row(status: 600, outcome: .unknown(message: "answered 600, which is no outcome"), showsLife: false),
    ]

    /// Rule 7b.
    static let words: [Row] = [
        Row(status: 200, headers: ["Saga-Outcome": "succeeded"], body: "{}", outcome: yes("{}")),
        Row(status: 500, headers: ["Saga-Outcome": " Succeeded "], outcome: yes(nil)),
        Row(
            status: 200, headers: ["Saga-Outcome": "succeeded", "Content-Type": "text/plain"], body: "OK",
            outcome: yes(nil)),
        // What undoes it may want the result.
        Row(
            status: 200, headers: ["Saga-Outcome": "succeeded", "Content-Type": "application/json"], body: "{",
            outcome: .unknown(
                message: "answered 200 OK with a body that is no JSON: "
                    + "1:2: the text ends where a key in double quotes is expected"
            )),
        Row(status: 404, headers: ["saga-outcome": "REFUSED"], outcome: no("404", "Not Found", .participant)),
        Row(
            status: 200, headers: ["Saga-Outcome": "refused"], body: #"{"code":"sold-out","detail":"None left."}"#,
            outcome: no("sold-out", "None left.", .participant)),
        Row(
            status: 401, headers: ["Saga-Outcome": "refused"], body: "{}", hasToken: true,
            outcome: no("401", "Unauthorized", .participant)),
        Row(
            status: 409, headers: ["Saga-Outcome": "pending", "Location": "../x", "Retry-After": "1"],
            body: #"{"code":"in-progress","title":"At work"}"#,
            outcome: .pending(location: "../x", message: "answered 409 Conflict: At work", retryAfter: 1_000)),
        Row(
            status: 503, headers: ["Saga-Outcome": "retry", "Retry-After": "4"],
            outcome: .unreached(message: "answered 503 Service Unavailable", retryAfter: 4_000, hasLeft: true),
            showsLife: false),
        Row(
            status: 409, headers: ["Saga-Outcome": "retry"],
            outcome: .unreached(message: "answered 409 Conflict", hasLeft: true)),
        Row(
            status: 409, headers: ["Saga-Outcome": "maybe"],
            outcome: .unknown(message: "Conflict; its 'Saga-Outcome: maybe' is no word of it")),
        Row(
            status: 200, headers: ["Saga-Outcome": "unknown"], body: "1",
            outcome: .unknown(message: "answered 200 OK")),
        // A success whose word nobody understands is none: it may be a no.
        Row(
            status: 200, headers: ["Saga-Outcome": "declined"], body: "{}",
            outcome: .unknown(message: "answered a success; its 'Saga-Outcome: declined' is no word of it")),
        Row(
            status: 200, headers: ["Saga-Outcome": "\"refused\""], body: "{}",
            outcome: .unknown(message: "answered a success; its 'Saga-Outcome: \"refused\"' is no word of it")),
        Row(
            status: 200, headers: HTTPHeaders([("Saga-Outcome", "refused"), ("Saga-Outcome", "retry")]),
            outcome: .unknown(message: "answered a success; its 'Saga-Outcome: refused, retry' is no word of it")),
        Row(
            status: 409, headers: ["Saga-Outcome": ""],
            outcome: no("409", "Conflict", .stranger)),
        // Two words are none, be it by a proxy or by a fault; one word twice is one.
        Row(
            status: 409, headers: HTTPHeaders([("Saga-Outcome", "refused"), ("Saga-Outcome", "pending")]), body: "{}",
            outcome: .unknown(message: "Conflict; its 'Saga-Outcome: pending, refused' is no word of it")),
        Row(
            status: 409, headers: HTTPHeaders([("Saga-Outcome", "refused"), ("Saga-Outcome", "Refused")]),
            outcome: no("409", "Conflict", .participant)),
    ]

    /// Bodies that are no UTF-8 as they come.
    static let unreadable: [Row] = [
        Row(
            status: 200, headers: ["Content-Encoding": "br"], body: "x",
            outcome: .unknown(
                message: "answered 200 OK with a body in the coding 'br', which was not asked for and is not read")),
        // The client has taken the first off, and it alone.
        Row(status: 200, headers: ["Content-Encoding": "gzip"], body: "1", outcome: yes("1")),
        Row(status: 200, headers: ["Content-Encoding": "identity"], body: "1", outcome: yes("1")),
        Row(
            status: 200, headers: ["Content-Encoding": "gzip, zstd"], body: "x",
            outcome: .unknown(
                message: "answered 200 OK with a body in the coding 'zstd', which was not asked for and is not read")),
        Row(status: 204, headers: ["Content-Encoding": "br"], outcome: yes(nil)),
        Row(
            status: 409, headers: ["Content-Encoding": "br", "Content-Type": "application/problem+json"], body: "x",
            outcome: .unknown(
                message: "answered 409 Conflict with a body in the coding 'br', which was not asked for and is not read"
            )),
        Row(
            status: 404, headers: ["Content-Encoding": "br", "Content-Type": "text/html"], body: "x",
            outcome: no("http-404", "Not Found", .stranger)),
        Row(
            status: 200, headers: ["Content-Type": "application/json; charset=iso-8859-1"], body: #"{"a":1}"#,
            outcome: yes(#"{"a":1}"#)),
        Row(
            status: 200, headers: ["Content-Type": "application/json; charset=\"ISO-8859-1\""], body: #""ü""#,
            outcome: .unknown(
                message: "answered 200 OK with a body in the charset 'iso-8859-1', which is not read")),
        Row(
            status: 200, headers: ["Content-Type": "application/json;charset=ebcdic-cp-us"], body: "1",
            outcome: .unknown(
                message: "answered 200 OK with a body in the charset 'ebcdic-cp-us', which is not read")),
        Row(
            status: 200, headers: ["Content-Type": "application/json; charset=UTF-8"], body: #""ü""#,
            outcome: yes(#""ü""#)),
    ]

    @Test(arguments: successes + refusals + others + words + unreadable)
    func `an answer is read by rule 7, the first part that fits`(row: Row) {
        let status = HTTPResponseStatus(statusCode: row.status, reasonPhrase: Self.reason(row.status))
        let rules = OutcomeRules(refusals: row.refusals, hasToken: row.hasToken, now: noon)
        let reading = rules.reading(status, row.headers, Array(row.body.utf8))
        #expect(reading.outcome == row.outcome)
        #expect(reading.showsLife == row.showsLife)
        #expect(reading.refusesCaller == row.refusesCaller)
    }

    static func reason(_ status: Int) -> String {
        let known = HTTPResponseStatus(statusCode: status)
        if case .custom = known { return "" }
        return known.reasonPhrase
    }

    @Test(arguments: [
        ("application/json; charset=utf-16", [UInt8]([0xFE, 0xFF]), true), ("application/json", [0xFF, 0xFE], false),
        ("application/json; charset=UTF-16LE", [], false), ("application/json; charset=utf-16be", [], true),
        ("application/json; charset=utf-16", [], true), ("application/json; charset=utf-16", [], false),
    ])
    func `UTF-16 is read by its mark, else by its charset`(type: String, mark: [UInt8], isBigEndian: Bool) {
        let bytes = "{\"a\":\"ü\"}".utf16.flatMap { unit in
            let (high, low) = (UInt8(unit >> 8), UInt8(unit & 0xFF))
            return isBigEndian ? [high, low] : [low, high]
        }
        let rules = OutcomeRules(now: noon)
        let reading = rules.reading(.ok, ["Content-Type": type], mark + bytes)
        #expect(reading.outcome == Self.yes("{\"a\":\"ü\"}"))
        let cut = rules.reading(.ok, ["Content-Type": type], mark + bytes.dropLast())
        #expect(
            cut.outcome
                == .unknown(message: "answered 200 OK with a body in the charset 'utf-16', which it breaks"))
    }

    @Test func `code and message are clipped between characters`() {
        let long = String(repeating: "ü", count: 2_000)
        let body = Array(#"{"code":"\#(long)","detail":"\#(long)"}"#.utf8)
        let reading = OutcomeRules(now: noon).reading(.badRequest, [:], body)
        #expect(
            reading.outcome
                == Self.no(String(repeating: "ü", count: 62) + "…", String(repeating: "ü", count: 498) + "…"))
    }

    @Test(arguments: [
        ("0", 0), ("120", 120_000), ("9223372036854775807", Int64.max), ("-1", nil), ("+1", nil), ("soon", nil),
        ("", nil), (" 120\t", 120_000), ("0120", 120_000), ("9223372036854775808", Int64.max), ("1.5", nil), ("１", nil),
        ("99999999999999999999999999999999999999999", Int64.max),
        ("Fri, 31 Dec 9999 23:59:59 GMT", 251_606_779_199_000), ("Mon, 01 Jan 0001 00:00:00 GMT", 0),
        // A year of two digits is 50 years ahead at most.
        ("Monday, 23-Nov-76 12:00:00 GMT", 1_577_836_800_000), ("Friday, 24-Nov-78 12:00:00 GMT", 0),
        ("tue, 24 nov 2026 12:01:00 gmt", 60_000), ("Tue, 24 Nov 2026 12:00:60 GMT", 60_000),
        ("Tue, 24 Nov 2026 12:01:00 GMT", 60_000), ("Tuesday, 24-Nov-26 12:01:00 GMT", 60_000),
        ("Tue Nov 24 12:01:00 2026", 60_000), ("Tue, 24 Nov 2026 11:00:00 GMT", 0), ("Sun Nov  6 08:49:37 1994", 0),
        ("Tue, 31 Feb 2026 12:01:00 GMT", nil), ("Tue, 24 Nov 2026 12:01:00 CET", nil),
    ])
    func `Retry-After is seconds or any of the three forms of a date`(text: String, milliseconds: Int64?) {
        #expect(RetryAfter.milliseconds(["Retry-After": text], now: noon) == milliseconds)
    }

    @Test func `dates are read to the second`() {
        for text in ["Sun, 06 Nov 1994 08:49:37 GMT", "Sunday, 06-Nov-94 08:49:37 GMT", "Sun Nov  6 08:49:37 1994"] {
            #expect(RetryAfter.date(text, now: noon) == Instant(milliseconds: 784_111_777_000))
        }
    }
}
