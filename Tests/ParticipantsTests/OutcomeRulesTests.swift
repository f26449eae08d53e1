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
        var outcome: Outcome
        var showsLife: Bool

        var testDescription: String { "\(status) \(body)" }
    }

    static let inProgress = #"{"type":"urn:shop:problem:in-progress","title":"In progress"}"#

    static let table: [Row] = [
        // 2xx
        Row(status: 200, body: #"{"a":1}"#, outcome: .succeeded(result: Array(#"{"a":1}"#.utf8)), showsLife: true),
        Row(status: 201, body: " 12 \n", outcome: .succeeded(result: Array(" 12 \n".utf8)), showsLife: true),
        Row(status: 202, body: "null", outcome: .succeeded(result: Array("null".utf8)), showsLife: true),
        Row(status: 200, outcome: .succeeded(result: nil), showsLife: true),
        Row(status: 204, outcome: .succeeded(result: nil), showsLife: true),
        Row(status: 200, body: " \r\n", outcome: .succeeded(result: nil), showsLife: true),
        Row(
            status: 200, body: "OK",
            outcome: .unknown(
                message: "answered 200 OK with a body that is no JSON: 1:1: unexpected 'O' where a value is expected"),
            showsLife: false),
        Row(
            status: 200, body: #"{"a":1"#,
            outcome: .unknown(
                message: "answered 200 OK with a body that is no JSON: "
                    + "1:7: the text ends where ',' or '}' is expected"),
            showsLife: false),
        // 4xx
        Row(status: 404, outcome: .refused(code: "404", message: "Not Found"), showsLife: true),
        Row(status: 499, outcome: .refused(code: "499", message: "499"), showsLife: true),
        Row(
            status: 402,
            body: #"{"type":"urn:yogiyogi:problem:card-declined","title":"Declined","detail":"No funds."}"#,
            outcome: .refused(code: "card-declined", message: "No funds."), showsLife: true),
        Row(
            status: 409, body: #"{"type":"https://shop.example/problems/sold-out/","title":"Sold out"}"#,
            outcome: .refused(code: "sold-out", message: "Sold out"), showsLife: true),
        Row(
            status: 422, body: #"{"type":"about:blank","title":"Unprocessable"}"#,
            outcome: .refused(code: "422", message: "Unprocessable"), showsLife: true),
        Row(
            status: 400, body: #"{"code":"bad-card","type":"urn:x:other","detail":""}"#,
            outcome: .refused(code: "bad-card", message: "Bad Request"), showsLife: true),
        Row(
            status: 400, body: #"{"code":51}"#, outcome: .refused(code: "51", message: "Bad Request"), showsLife: true),
        Row(
            status: 400, body: #"["code"]"#, outcome: .refused(code: "400", message: "Bad Request"), showsLife: true),
        Row(
            status: 403, body: "<html>", outcome: .refused(code: "403", message: "Forbidden"), showsLife: true),
        Row(
            status: 409, body: #"{"code":"conflict"}"#, outcome: .refused(code: "conflict", message: "Conflict"),
            showsLife: true),
        // Try again
        Row(
            status: 408, headers: ["Retry-After": "2"],
            outcome: .unknown(message: "answered 408 Request Timeout", retryAfter: 2_000), showsLife: false),
        Row(
            status: 409, headers: ["Retry-After": "1"], body: inProgress,
            outcome: .unknown(message: "answered 409 Conflict: In progress", retryAfter: 1_000), showsLife: true),
        Row(
            status: 409, body: #"{"code":"in-progress"}"#, outcome: .unknown(message: "answered 409 Conflict"),
            showsLife: true),
        Row(status: 425, outcome: .unreached(message: "answered 425"), showsLife: true),
        Row(
            status: 429, headers: ["retry-after": "30"],
            outcome: .unreached(message: "answered 429 Too Many Requests", retryAfter: 30_000), showsLife: true),
        // About who calls
        Row(
            status: 401, body: #"{"detail":"The token is over."}"#, hasToken: true,
            outcome: .unreached(
                message: "answered 401 Unauthorized: The token is over.; it did not accept who calls, and did nothing"),
            showsLife: false),
        Row(
            status: 401, headers: ["WWW-Authenticate": "Bearer", "Retry-After": "9"],
            outcome: .unreached(
                message: "answered 401 Unauthorized; it did not accept who calls, and did nothing", retryAfter: 9_000),
            showsLife: false),
        Row(
            status: 403, headers: ["WWW-Authenticate": "Bearer error=\"insufficient_scope\""], hasToken: true,
            outcome: .unreached(message: "answered 403 Forbidden; it did not accept who calls, and did nothing"),
            showsLife: false),
        Row(
            status: 407,
            outcome: .unreached(
                message: "answered 407 Proxy Authentication Required; it did not accept who calls, and did nothing"),
            showsLife: false),
        // About the call: who says no to a guest, and who knows no tokens.
        Row(
            status: 403, body: #"{"code":"barred"}"#, hasToken: true,
            outcome: .refused(code: "barred", message: "Forbidden"), showsLife: true),
        Row(
            status: 401, body: #"{"code":"card-not-proven"}"#,
            outcome: .refused(code: "card-not-proven", message: "Unauthorized"), showsLife: true),
        // All else
        Row(
            status: 500, body: #"{"detail":"boom"}"#,
            outcome: .unknown(message: "answered 500 Internal Server Error: boom"), showsLife: false),
        Row(
            status: 503, headers: ["Retry-After": "Tue, 24 Nov 2026 12:00:05 GMT"],
            outcome: .unknown(message: "answered 503 Service Unavailable", retryAfter: 5_000), showsLife: false),
        Row(
            status: 302, outcome: .unknown(message: "answered 302 Found; redirects are not followed"),
            showsLife: false),
        Row(
            status: 101, outcome: .unknown(message: "answered 101 Switching Protocols, which is no outcome"),
            showsLife: false),
        Row(status: 600, outcome: .unknown(message: "answered 600, which is no outcome"), showsLife: false),
    ]

    @Test(arguments: table)
    func `an answer is classified by rules 7 and 8`(row: Row) {
        let status = HTTPResponseStatus(statusCode: row.status, reasonPhrase: Self.reason(row.status))
        let outcome = OutcomeRules.outcome(
            status: status, headers: row.headers, body: Array(row.body.utf8), now: noon, hasToken: row.hasToken)
        #expect(outcome == row.outcome)
        #expect(OutcomeRules.showsLife(outcome, status: status) == row.showsLife)
    }

    private static func reason(_ status: Int) -> String {
        let known = HTTPResponseStatus(statusCode: status)
        if case .custom = known { return "" }
        return known.reasonPhrase
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

    @Test func `code and message are clipped between characters`() {
        let long = String(repeating: "ü", count: 2_000)
        let body = Array(#"{"code":"\#(long)","detail":"\#(long)"}"#.utf8)
        let outcome = OutcomeRules.outcome(status: .badRequest, headers: [:], body: body, now: noon)
        #expect(
            outcome
                == .refused(
                    code: String(repeating: "ü", count: 62) + "…", message: String(repeating: "ü", count: 498) + "…"))
    }
}
